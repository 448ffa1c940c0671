#include "sheets_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sv::sim_sheets {

namespace {

namespace json = boost::json;

TEST(SheetsValues, an_empty_tab_has_no_values_and_its_range_is_spelled_out) {
  SheetsDesk desk;
  const json::value reply = desk.get("Sheet1");
  EXPECT_EQ(text_of(reply, "range"), "Sheet1!A1:Z1000");
  EXPECT_FALSE(reply.get_object().contains("values"));
}

TEST(SheetsValues, ranges_are_normalised) {
  SheetsDesk desk;
  EXPECT_EQ(text_of(desk.get("Sheet1!A1:C"), "range"), "Sheet1!A1:C1000");
  EXPECT_EQ(text_of(desk.get("Sheet1!A2:2"), "range"), "Sheet1!A2:Z2");
  EXPECT_EQ(text_of(desk.get("D4:A1"), "range"), "Sheet1!A1:D4");
  EXPECT_EQ(text_of(desk.get("%27Sheet1%27%21B3"), "range"), "Sheet1!B3");
}

TEST(SheetsValues, trailing_blanks_are_cut_and_inner_ones_kept) {
  SheetsDesk desk;
  desk.put("A1", R"([["a","","c",""],[],["x"],[""]])");
  EXPECT_EQ(text_of(desk.get("A1:Z9"), "values"), R"([["a","","c"],[],["x"]])");
  EXPECT_EQ(text_of(desk.get("A1:Z9", "?majorDimension=COLUMNS"), "values"), R"([["a","","x"],[],["c"]])");
}

TEST(SheetsValues, an_update_tells_the_extent_of_what_was_sent) {
  SheetsDesk desk;
  const json::value reply = desk.put("A1:B2", R"([["a",null]])");
  EXPECT_EQ(text_of(reply, "updatedRange"), "Sheet1!A1:B1");
  EXPECT_EQ(text_of(reply, "updatedCells"), "1");
  EXPECT_EQ(text_of(reply, "updatedColumns"), "1");
}

TEST(SheetsValues, a_wider_range_bounds_what_is_written) {
  SheetsDesk desk;
  EXPECT_EQ(message_of(desk.put("A1:B1", R"([["a"],["b"]])")),
            "Requested writing within range [Sheet1!A1:B1], but tried writing to row [2]");
  EXPECT_EQ(message_of(desk.put("A1:B1", R"([["a","b","c"]])")),
            "Requested writing within range [Sheet1!A1:B1], but tried writing to column [C]");
  EXPECT_FALSE(desk.get("A1:C3").get_object().contains("values"));
}

TEST(SheetsValues, updates_never_grow_the_grid) {
  SheetsDesk desk;
  EXPECT_EQ(message_of(desk.put("A1001", R"([["a"]])")),
            "Range (Sheet1!A1001) exceeds grid limits. Max rows: 1000, max columns: 26");
}

TEST(SheetsValues, payload_types_are_checked_before_the_range) {
  SheetsDesk desk;
  const json::value reply =
      desk.json("PUT", "/doc/values/NoSuchTab!A1?valueInputOption=RAW", R"({"values":"X"})");
  EXPECT_EQ(message_of(reply),
            R"(Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), "X")");
  EXPECT_EQ(reply.at("error").at("details").at(0).at("fieldViolations").at(0).at("field"), "data.values");
}

TEST(SheetsValues, append_falls_into_the_trap_of_a_blank_cell) {
  SheetsDesk desk;
  EXPECT_FALSE(desk.append("Sheet1", R"([["x","","y"]])").get_object().contains("tableRange"));
  const json::value whole = desk.append("Sheet1", R"([["x","","y"]])");
  EXPECT_EQ(text_of(whole, "tableRange"), "Sheet1!C1");
  EXPECT_EQ(text_of(whole.at("updates"), "updatedRange"), "Sheet1!C2:E2");

  SheetsDesk anchored;
  anchored.append("%27Sheet1%27!A1", R"([["x","","y"]])");
  EXPECT_EQ(text_of(anchored.append("%27Sheet1%27!A1", R"([["x","","y"]])").at("updates"), "updatedRange"),
            "Sheet1!A2:C2");
}

TEST(SheetsValues, append_grows_a_full_grid) {
  SheetsDesk desk;
  desk.put("A1000", R"([["last"]])");
  EXPECT_EQ(text_of(desk.append("Sheet1", R"([["new"]])").at("updates"), "updatedRange"), "Sheet1!A1001");
  EXPECT_EQ(text_of(desk.get("A1001"), "values"), R"([["new"]])");
}

TEST(SheetsValues, raw_text_stays_text) {
  SheetsDesk desk;
  desk.put("A1", R"([["=1+1","0042","2020-01-01","TRUE","'x",7,true]])");
  EXPECT_EQ(text_of(desk.get("A1:G1", "?valueRenderOption=UNFORMATTED_VALUE"), "values"),
            R"([["=1+1","0042","2020-01-01","TRUE","'x",7,true]])");
}

TEST(SheetsValues, typed_text_is_taken_as_people_type_it) {
  SheetsDesk desk;
  desk.put("A1",
           R"x([["0042","2,000,000.01","2020-01-01","true","'=x","+x","=HYPERLINK(\"http://u\";\"t\")"]])x",
           "USER_ENTERED");
  EXPECT_EQ(text_of(desk.get("A1:G1", "?valueRenderOption=UNFORMATTED_VALUE"), "values"),
            R"([[42,2.00000001E6,43831,true,"=x","","t"]])");
  EXPECT_EQ(text_of(desk.get("C1"), "values"), R"([["2020-01-01"]])");
  EXPECT_EQ(
      text_of(desk.get("C1", "?valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=FORMATTED_STRING"),
              "values"),
      R"([["2020-01-01"]])");
  EXPECT_EQ(text_of(desk.get("F1", "?valueRenderOption=FORMULA"), "values"), R"([["=+x"]])");
}

TEST(SheetsValues, a_batch_is_all_or_nothing_and_its_totals_are_unions) {
  SheetsDesk desk;
  const std::string good =
      R"({"valueInputOption":"RAW","data":[{"range":"A1:B1","values":[["a","b"]]},{"range":"C2:D2","values":[["c","d"]]}]})";
  const json::value done = desk.json("POST", "/doc/values:batchUpdate", good);
  EXPECT_EQ(text_of(done, "totalUpdatedRows"), "2");
  EXPECT_EQ(text_of(done, "totalUpdatedColumns"), "4");
  EXPECT_EQ(text_of(done, "totalUpdatedSheets"), "1");
  const json::value refused = desk.json(
      "POST", "/doc/values:batchUpdate",
      R"({"valueInputOption":"RAW","data":[{"range":"A1","values":[["z"]]},{"range":"NoSuchTab!A1","values":[["c"]]}]})");
  EXPECT_EQ(message_of(refused), "Invalid data[1]: Unable to parse range: NoSuchTab!A1");
  EXPECT_EQ(text_of(desk.get("A1"), "values"), R"([["a"]])");
}

TEST(SheetsValues, clear_tells_the_range_cut_to_the_grid) {
  SheetsDesk desk;
  desk.put("A1", R"([["a"]])");
  EXPECT_EQ(text_of(desk.json("POST", "/doc/values/A1:ZZ5000:clear"), "clearedRange"), "Sheet1!A1:Z1000");
  EXPECT_FALSE(desk.get("A1").get_object().contains("values"));
}

TEST(SheetsValues, a_cell_holds_50000_characters_not_bytes) {
  SheetsDesk desk;
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "я";
  EXPECT_EQ(message_of(desk.put("A1", R"([[")" + text + R"("]])")), "");
  EXPECT_EQ(message_of(desk.put("A1", R"([[")" + text + R"(я"]])")),
            "Your input contains more than the maximum of 50000 characters in a single cell.");
}

TEST(SheetsValues, tabs_with_awkward_names_are_found_when_quoted) {
  SheetsDesk desk;
  desk.batch(R"([{"addSheet":{"properties":{"title":"2025"}}},{"addSheet":{"properties":{"title":"P1"}}},
                 {"addSheet":{"properties":{"title":"Отчёт 1/2: it's!"}}},{"addSheet":{"properties":{"title":"a:b"}}}])");
  const std::string report = "%27%D0%9E%D1%82%D1%87%D1%91%D1%82%201%2F2%3A%20it%27%27s%21%27%21A1";
  EXPECT_EQ(message_of(desk.put("%272025%27%21A1", R"([["year"]])")), "");
  EXPECT_EQ(message_of(desk.put("%27P1%27%21A1", R"([["p"]])")), "");
  EXPECT_EQ(message_of(desk.put(report, R"([["r"]])")), "");
  EXPECT_EQ(message_of(desk.put("%27a%3Ab%27%21A1", R"([["colon"]])")), "");
  EXPECT_EQ(text_of(desk.get(report), "values"), R"([["r"]])");
  EXPECT_EQ(text_of(desk.get("%27P1%27"), "range"), "'P1'!A1:Z1000");
  EXPECT_EQ(text_of(desk.get("P1"), "range"), "Sheet1!P1") << "a bare name like a cell is the cell";
  EXPECT_EQ(text_of(desk.append("%27a%3Ab%27", R"([["more"]])").at("updates"), "updatedRange"), "'a:b'!A2");
}

// What was written is read back, less its blank ends.
RC_GTEST_PROP(SheetsValues, what_was_written_is_read_back_trimmed, ()) {
  const auto rows =
      *rc::gen::container<std::vector<std::vector<std::string>>>(rc::gen::container<std::vector<std::string>>(
          rc::gen::element<std::string>("", "", "a", "=b", "0042", "ё")));
  RC_PRE(rows.size() <= 40);
  json::array sent;
  json::array expected;
  std::size_t used = 0;
  for (const auto& row : rows) {
    const std::size_t width = std::min<std::size_t>(row.size(), 26);
    json::array line;
    std::size_t filled = 0;
    for (std::size_t i = 0; i < width; ++i) {
      line.emplace_back(row[i]);
      if (!row[i].empty()) filled = i + 1;
    }
    sent.push_back(line);
    line.resize(filled);
    expected.push_back(line);
    if (filled > 0) used = expected.size();
  }
  expected.resize(used);
  SheetsDesk desk;
  const json::value written = desk.put("A1", json::serialize(sent));
  RC_ASSERT(message_of(written).empty());
  RC_ASSERT(text_of(desk.get("Sheet1"), "values") == (used == 0 ? std::string() : json::serialize(expected)));
}

}  // namespace

}  // namespace sv::sim_sheets
