#include "sheets_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sv::sim_sheets {

namespace {

namespace json = boost::json;

std::string cells_at(int row, const std::string& text) {
  return R"({"updateCells":{"start":{"rowIndex":)" + std::to_string(row) +
         R"(},"rows":[{"values":[{"userEnteredValue":{"stringValue":")" + text +
         R"("}}]}],"fields":"userEnteredValue"}})";
}

TEST(SheetsBatch, typed_text_is_never_a_formula) {
  SheetsDesk desk;
  const json::value reply = desk.batch("[" + cells_at(2, "=1+1") + "]");
  EXPECT_EQ(text_of(reply, "replies"), "[{}]");
  EXPECT_EQ(text_of(desk.get("A3", "?valueRenderOption=FORMULA"), "values"), R"([["=1+1"]])");
  const json::value view =
      desk.json("GET", "/doc?ranges=A3&fields=sheets.data.rowData.values.userEnteredValue");
  EXPECT_EQ(
      json::serialize(view),
      R"({"sheets":[{"data":[{"rowData":[{"values":[{"userEnteredValue":{"stringValue":"=1+1"}}]}]}]}]})");
}

TEST(SheetsBatch, the_failing_request_is_named_and_nothing_is_kept) {
  SheetsDesk desk;
  const json::value reply = desk.batch("[" + cells_at(0, "a") + "," + cells_at(1, "b") +
                                       R"(,{"updateCells":{"start":{"sheetId":999999},"fields":"*"}}])");
  EXPECT_EQ(message_of(reply), "Invalid requests[2].updateCells: No grid with id: 999999");
  EXPECT_FALSE(desk.get("A1:A9").get_object().contains("values"));
}

TEST(SheetsBatch, a_value_mask_leaves_formats_alone_and_takes_links_away) {
  SheetsDesk desk;
  desk.batch(
      R"([{"updateCells":{"start":{},"fields":"userEnteredValue,userEnteredFormat,textFormatRuns","rows":[{"values":[
      {"userEnteredValue":{"stringValue":"row"},"userEnteredFormat":{"textFormat":{"bold":true}},
       "textFormatRuns":[{"format":{"link":{"uri":"https://x/edit#gid=0&range=A5"}}}]}]}]}}])");
  const std::string path = "/doc?ranges=A1&fields=sheets.data.rowData.values(userEnteredFormat,hyperlink)";
  EXPECT_THAT(json::serialize(desk.json("GET", path)),
              testing::AllOf(testing::HasSubstr(R"("bold":true)"),
                             testing::HasSubstr(R"("hyperlink":"https://x/edit#gid=0&range=A5")")));
  desk.batch("[" + cells_at(0, "new") + "]");
  EXPECT_THAT(
      json::serialize(desk.json("GET", path)),
      testing::AllOf(testing::HasSubstr(R"("bold":true)"), testing::Not(testing::HasSubstr("hyperlink"))));
}

TEST(SheetsBatch, a_range_clears_what_its_rows_do_not_cover) {
  SheetsDesk desk;
  desk.put("A1", R"([["a","b"],["c","d"]])");
  desk.batch(
      R"([{"updateCells":{"range":{"startRowIndex":0,"endRowIndex":2,"startColumnIndex":0,"endColumnIndex":2},
      "rows":[{"values":[{"userEnteredValue":{"stringValue":"z"}}]}],"fields":"userEnteredValue"}}])");
  EXPECT_EQ(text_of(desk.get("A1:B2"), "values"), R"([["z"]])");
}

TEST(SheetsBatch, the_grid_grows_in_the_same_batch) {
  SheetsDesk desk;
  EXPECT_THAT(message_of(desk.batch("[" + cells_at(1000, "late") + "]")),
              testing::StartsWith("Invalid requests[0]"));
  desk.batch(R"([{"appendDimension":{"dimension":"ROWS","length":5}},)" + cells_at(1000, "late") + "]");
  EXPECT_EQ(text_of(desk.get("A1001"), "values"), R"([["late"]])");
  EXPECT_EQ(text_of(desk.get("Sheet1"), "range"), "Sheet1!A1:Z1005");
}

TEST(SheetsBatch, a_document_holds_ten_million_cells) {
  SheetsDesk desk;
  EXPECT_EQ(message_of(desk.batch(R"([{"appendDimension":{"dimension":"ROWS","length":400000}}])")),
            "Invalid requests[0].appendDimension: This action would increase the number of cells in the "
            "workbook above "
            "the limit of 10000000 cells.");
}

TEST(SheetsBatch, rows_that_are_inserted_and_deleted_move_what_is_below) {
  SheetsDesk desk;
  desk.put("A1", R"([["a"],["b"],["c"]])");
  desk.batch(R"([{"insertDimension":{"range":{"dimension":"ROWS","startIndex":1,"endIndex":3}}}])");
  EXPECT_EQ(text_of(desk.get("A:A"), "values"), R"([["a"],[],[],["b"],["c"]])");
  desk.batch(R"([{"deleteDimension":{"range":{"dimension":"ROWS","startIndex":0,"endIndex":2}}}])");
  EXPECT_EQ(text_of(desk.get("A:A"), "values"), R"([[],["b"],["c"]])");
  EXPECT_EQ(text_of(desk.get("Sheet1"), "range"), "Sheet1!A1:Z1000");
}

TEST(SheetsBatch, sorting_moves_whole_rows_and_leaves_blanks_last) {
  SheetsDesk desk;
  desk.put("A1", R"([["b",1],["",2],["a",3]])");
  desk.batch(
      R"([{"sortRange":{"range":{"startRowIndex":0,"endRowIndex":5,"startColumnIndex":0,"endColumnIndex":2},
      "sortSpecs":[{"dimensionIndex":0,"sortOrder":"DESCENDING"}]}}])");
  EXPECT_EQ(text_of(desk.get("A:B"), "values"), R"([["b","1"],["a","3"],["","2"]])");
}

TEST(SheetsBatch, a_deleted_range_is_closed_by_what_lies_below_or_beside) {
  SheetsDesk desk;
  desk.put("A1", R"([["a","1"],["b","2"],["c","3"]])");
  const auto remove = [](const std::string& dimension) {
    return R"([{"deleteRange":{"shiftDimension":")" + dimension +
           R"(","range":{"startRowIndex":0,"endRowIndex":1,"startColumnIndex":0,"endColumnIndex":1}}}])";
  };
  desk.batch(remove("ROWS"));
  EXPECT_EQ(text_of(desk.get("A:B"), "values"), R"([["b","1"],["c","2"],["","3"]])");
  desk.batch(remove("COLUMNS"));
  EXPECT_EQ(text_of(desk.get("A:B"), "values"), R"([["1"],["c","2"],["","3"]])");
}

TEST(SheetsBatch, a_merge_swallows_those_inside_and_empties_all_but_its_corner) {
  SheetsDesk desk;
  desk.put("A1", R"([["a","b"],["c","d"]])");
  const auto merge = [](int rows) {
    return R"([{"mergeCells":{"mergeType":"MERGE_ALL","range":{"startRowIndex":0,"endRowIndex":)" +
           std::to_string(rows) + R"(,"startColumnIndex":0,"endColumnIndex":1}}}])";
  };
  desk.batch(merge(2));
  desk.batch(merge(3));
  EXPECT_EQ(
      json::serialize(desk.json("GET", "/doc?fields=sheets.merges")),
      R"({"sheets":[{"merges":[{"startRowIndex":0,"endRowIndex":3,"startColumnIndex":0,"endColumnIndex":1}]}]})");
  EXPECT_EQ(text_of(desk.get("A1:B2"), "values"), R"([["a","b"],["","d"]])");
}

TEST(SheetsBatch, a_tab_keeps_the_callers_id_and_titles_are_unique) {
  SheetsDesk desk;
  const json::value added = desk.batch(R"([{"addSheet":{"properties":{"sheetId":77,"title":"Review"}}}])");
  EXPECT_EQ(added.at("replies").at(0).at("addSheet").at("properties").at("sheetId"), 77);
  EXPECT_EQ(message_of(desk.batch(R"([{"addSheet":{"properties":{"title":"Review"}}}])")),
            "Invalid requests[0].addSheet: A sheet with the name \"Review\" already exists. Please enter "
            "another name.");
}

TEST(SheetsBatch, repeat_cell_may_end_past_the_grid_and_not_begin_there) {
  SheetsDesk desk;
  const auto repeat = [](int row) {
    return R"([{"repeatCell":{"range":{"startRowIndex":)" + std::to_string(row) +
           R"(,"endRowIndex":1010,"startColumnIndex":0,"endColumnIndex":2},"cell":{"note":"n"},"fields":"note"}}])";
  };
  EXPECT_EQ(message_of(desk.batch(repeat(999))), "");
  EXPECT_THAT(message_of(desk.batch(repeat(1000))),
              testing::HasSubstr("exceeds grid limits. Max rows: 1000, max columns: 26"));
}

TEST(SheetsBatch, an_unknown_kind_is_refused_not_ignored) {
  SheetsDesk desk;
  const SheetsReply reply = desk.ask("POST", "/doc:batchUpdate", R"({"requests":[{"addChart":{}}]})");
  EXPECT_EQ(reply.status, 501);
  EXPECT_THAT(reply.body, testing::HasSubstr("requests[0].addChart"));
}

// Whatever came before it, a failing last request leaves the document as it was.
RC_GTEST_PROP(SheetsBatch, a_failing_last_request_changes_nothing, ()) {
  SheetsDesk desk;
  desk.put("A1", R"([["a","b"],["c","d"],["e","f"]])");
  const auto picks = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 7));
  std::string requests;
  for (const int pick : picks) {
    switch (pick) {
      case 0:
        requests += cells_at(1, "changed");
        break;
      case 1:
        requests += R"({"insertDimension":{"range":{"dimension":"ROWS","startIndex":0,"endIndex":1}}})";
        break;
      case 2:
        requests += R"({"deleteDimension":{"range":{"dimension":"COLUMNS","startIndex":0,"endIndex":1}}})";
        break;
      case 3:
        requests += R"({"updateSheetProperties":{"properties":{"title":"T"},"fields":"title"}})";
        break;
      case 4:
        requests += R"({"addSheet":{}})";
        break;
      case 5:
        requests += R"({"mergeCells":{"range":{"endRowIndex":2,"endColumnIndex":2}}})";
        break;
      default:
        requests += R"({"appendDimension":{"dimension":"COLUMNS","length":1}})";
        break;
    }
    requests += ",";
  }
  const std::string before = desk.ask("GET", "/doc?includeGridData=true").body;
  const json::value reply = desk.batch("[" + requests + R"({"deleteSheet":{"sheetId":424242}}])");
  RC_ASSERT(!message_of(reply).empty());
  RC_ASSERT(desk.ask("GET", "/doc?includeGridData=true").body == before);
}

TEST(SheetsBatch, metadata_has_an_id_that_is_its_alone_and_goes_by_its_value) {
  SheetsDesk desk;
  const auto create = [](const std::string& value) {
    return R"({"createDeveloperMetadata":{"developerMetadata":{"metadataId":7,"metadataKey":"k","metadataValue":")" +
           value + R"(","location":{"spreadsheet":true},"visibility":"DOCUMENT"}}})";
  };
  const auto remove = [](const std::string& value) {
    return R"({"deleteDeveloperMetadata":{"dataFilter":{"developerMetadataLookup":{"metadataId":7,"metadataKey":"k","metadataValue":")" +
           value + R"("}}}})";
  };
  const auto there = [&] {
    return json::serialize(desk.json("GET", "/doc?fields=developerMetadata.metadataValue"));
  };
  desk.batch("[" + create("a") + "]");
  EXPECT_NE(message_of(desk.batch("[" + create("b") + "]")).find("metadataId"), std::string::npos);
  EXPECT_NE(message_of(desk.batch("[" + remove("b") + "," + create("b") + "]")).find("metadataId"),
            std::string::npos)
      << "all or nothing";
  EXPECT_EQ(there(), R"({"developerMetadata":[{"metadataValue":"a"}]})");
  desk.batch("[" + remove("a") + "," + create("b") + "]");
  EXPECT_EQ(there(), R"({"developerMetadata":[{"metadataValue":"b"}]})");
  EXPECT_NE(message_of(desk.batch(R"([{"deleteDeveloperMetadata":{"dataFilter":{"a1Range":"A1"}}}])")), "")
      << "there is nothing to compare, so nothing is deleted";
  desk.batch("[" + remove("b") + "]");
  EXPECT_EQ(there(), "{}");
}

}  // namespace

}  // namespace sv::sim_sheets
