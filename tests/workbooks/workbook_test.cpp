#include "workbooks/workbook_tools.hpp"
#include "workbooks/xlsx_parts.hpp"
#include "workbooks/xlsx_tab.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <xlsxwriter.h>

namespace sv::workbooks {
namespace {

TEST(Xlsx, every_kind_of_cell_is_read_as_it_is_shown) {
  const TempDirectory directory;
  const std::string path = make_xlsx(
      directory.file("a.xlsx"),
      "<sheetData>"
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><r><t>in</t></r><r><t "
      "xml:space=\"preserve\">line </t></r></is></c>"
      "<c r=\"D1\" t=\"s\"><v>1</v></c></row>"
      "<row r=\"3\"><c r=\"A3\"><v>45292</v></c><c r=\"B3\" s=\"1\"><v>45292.5</v></c><c r=\"C3\" "
      "s=\"2\"><v>0.5</v></c><c r=\"D3\" t=\"b\"><v>1</v></c>"
      "<c r=\"E3\" t=\"e\"><v>#N/A</v></c><c r=\"F3\" t=\"str\"><f>A1&amp;\"!\"</f><v>cached "
      "_x0041_</v></c><c r=\"G3\"><f>1+1</f><v>2</v></c></row>"
      "</sheetData>",
      {{"xl/sharedStrings.xml",
        "<sst><si><t>Про_x000D_ект</t><rPh><t>phonetic</t></rPh></si><si><r><t>two</t></r><r><t> "
        "runs</t></r></si></sst>"},
       {"xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" "
        "formatCode=\"dd.mm.yyyy\"/></numFmts><cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>"}});
  const Cells cells = must_read(path);
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells[0], (std::vector<std::string>{"Про\rект", "inline ", "", "two runs"}));
  EXPECT_TRUE(cells[1].empty() || (cells[1].size() == 1 && cells[1][0].empty())) << "rows keep their numbers";
  EXPECT_EQ(cells[2],
            (std::vector<std::string>{"45292", "2024-01-01", "50%", "TRUE", "#N/A", "cached A", "2"}));
}

TEST(Xlsx, merged_blocks_stand_for_all_their_rows) {
  const TempDirectory directory;
  const std::string path =
      make_xlsx(directory.file("a.xlsx"),
                "<sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>Project</v></c><c r=\"B1\" "
                "t=\"str\"><v>Status</v></c></row>"
                "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>Ferry</v></c><c r=\"B2\" t=\"str\"><v>a</v></c></row>"
                "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>b</v></c></row>"
                "<row r=\"5\"><c r=\"B5\" t=\"str\"><v>c</v></c></row></sheetData>"
                "<mergeCells><mergeCell ref=\"A2:A4\"/><mergeCell ref=\"A1:B1\"/></mergeCells>");
  const Cells cells = must_read(path);
  ASSERT_EQ(cells.size(), 5U);
  EXPECT_EQ(cells[1], (std::vector<std::string>{"Ferry", "a"}));
  EXPECT_EQ(cells[2], (std::vector<std::string>{"Ferry", "b"}));
  EXPECT_EQ(cells[3], (std::vector<std::string>{"Ferry"})) << "a row that holds nothing else";
  EXPECT_EQ(cells[4], (std::vector<std::string>{"", "c"}));
}

TEST(Xlsx, the_tab_is_chosen_by_name_else_the_first_that_is_shown) {
  const TempDirectory directory;
  const std::string path = directory.file("tabs.xlsx");
  lxw_workbook* workbook = workbook_new(path.c_str());
  for (const char* name : {"hidden one", "2025", "P1", "Отчёт 1"}) {
    lxw_worksheet* sheet = workbook_add_worksheet(workbook, name);
    worksheet_write_string(sheet, 0, 0, name, nullptr);
    if (std::string_view(name) == "2025") worksheet_activate(sheet);
    if (std::string_view(name) == "2025") worksheet_set_first_sheet(sheet);
    if (std::string_view(name) == "hidden one") worksheet_hide(sheet);
  }
  ASSERT_EQ(workbook_close(workbook), LXW_NO_ERROR);
  EXPECT_EQ(must_read(path).at(0).at(0), "2025");
  EXPECT_EQ(must_read(path, "P1").at(0).at(0), "P1");
  EXPECT_EQ(must_read(path, " отчёт 1 ").at(0).at(0), "Отчёт 1");
  EXPECT_EQ(must_read(path, "hidden one").at(0).at(0), "hidden one");
  EXPECT_TRUE(
      holds(refusal_of(path, "Plan"), R"(has no tab "Plan"; it has "hidden one", "2025", "P1", "Отчёт 1")"));
}

TEST(Ods, every_kind_of_cell_is_read_as_it_is_shown) {
  const TempDirectory directory;
  const std::string path = make_ods(
      directory.file("a.ods"),
      "<table:table table:name=\"P1\"><table:table-row><table:table-cell "
      "office:value-type=\"string\"><text:p>first</text:p></table:table-cell></table:table-row></table:table>"
      "<table:table table:name=\"Отчёт 1/2: it's!\">"
      "<table:table-row><table:table-cell><office:annotation><text:p>a "
      "comment</text:p></office:annotation><text:p>two<text:s text:c=\"2\"/>spaces</text:p><text:p>and "
      "<text:span>lines</text:span></text:p></table:table-cell>"
      "<table:table-cell "
      "table:number-columns-repeated=\"2\"><text:p>twice</text:p></table:table-cell></table:table-row>"
      "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell office:value-type=\"date\" "
      "office:date-value=\"2026-11-25\"><text:p>25.11.26</text:p></table:table-cell>"
      "<table:table-cell office:value-type=\"float\" "
      "office:value=\"0.5\"><text:p>0,50</text:p></table:table-cell>"
      "<table:table-cell office:value-type=\"date\" "
      "office:date-value=\"2026-11-25T09:30:00\"/></table:table-row>"
      "<table:table-row><table:table-cell "
      "table:number-rows-spanned=\"2\"><text:p>Ferry</text:p></table:table-cell><table:table-cell><text:p>a</"
      "text:p></table:table-cell></table:table-row>"
      "<table:table-row><table:covered-table-cell/><table:table-cell><text:p>b</text:p></table:table-cell></"
      "table:table-row>"
      "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell "
      "table:number-columns-repeated=\"16384\"/></table:table-row></table:table>");
  EXPECT_EQ(must_read(path), (Cells{{"first"}}));
  const Cells cells = must_read(path, "Отчёт 1/2: it's!");
  ASSERT_EQ(cells.size(), 5U);
  EXPECT_EQ(cells[0], (std::vector<std::string>{"two  spaces\nand lines", "twice", "twice"}));
  EXPECT_EQ(cells[1], (std::vector<std::string>{"2026-11-25", "0,50", "2026-11-25 09:30"}));
  EXPECT_EQ(cells[2], cells[1]);
  EXPECT_EQ(cells[3], (std::vector<std::string>{"Ferry", "a"}));
  EXPECT_EQ(cells[4], (std::vector<std::string>{"Ferry", "b"}));
}

TEST(HostileWorkbook, what_cannot_be_read_is_refused_with_the_way_out) {
  const TempDirectory directory;
  const auto file_with = [&](const std::string& name, const std::string& content) {
    std::ofstream(directory.file(name), std::ios::binary) << content;
    return directory.file(name);
  };
  EXPECT_TRUE(holds(refusal_of(file_with("old.xls", "\xD0\xCF\x11\xE0\xA1\xB1")),
                    "has a password or is an old .xls file"));
  EXPECT_TRUE(holds(refusal_of(file_with("text.xlsx", "Status,Comment\n")), "it is not a workbook"));
  EXPECT_TRUE(holds(refusal_of(file_with("torn.xlsx", "PK\x03\x04 and no more")), "it is damaged"));
  EXPECT_TRUE(holds(refusal_of(directory.file("none.xlsx")), "No such file"));
  EXPECT_TRUE(holds(refusal_of(make_zip(directory.file("zip.xlsx"), {{"a.txt", "b"}})), "but no workbook"));
  EXPECT_TRUE(holds(
      refusal_of(make_ods(
          directory.file("secret.ods"), "",
          {{"META-INF/manifest.xml",
            "<m:manifest xmlns:m=\"m\"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"}})),
      "it has a password"));
}

TEST(HostileWorkbook, a_bomb_is_refused_before_it_goes_off) {
  const TempDirectory directory;
  EXPECT_TRUE(
      holds(refusal_of(make_xlsx(directory.file("bomb.xlsx"), std::string(std::size_t{64} << 20U, ' '))),
            "would unpack to 64 MB"));
  EXPECT_TRUE(holds(refusal_of(make_xlsx(directory.file("laughs.xlsx"), "",
                                         {{"xl/sharedStrings.xml",
                                           "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 "
                                           "\"&lol;&lol;\">]><sst><si><t>&lol2;</t></si></sst>"}})),
                    "declares a document type"));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  EXPECT_TRUE(holds(refusal_of(make_xlsx(directory.file("deep.xlsx"), deep)), "nested too deep"));
  std::string merges = "<sheetData/><mergeCells>";
  for (int i = 0; i < 210'000; ++i)
    merges += fmt::format("<mergeCell ref=\"A{}:A{}\"/>", 2 * i + 1, 2 * i + 2);
  EXPECT_TRUE(
      holds(refusal_of(make_xlsx(directory.file("merges.xlsx"), merges + "</mergeCells>")), "merged blocks"));
}

TEST(HostileWorkbook, a_tag_without_an_end_is_refused) {
  const TempDirectory directory;
  const std::string sheet =
      "<sheetData><row><c t=\"" + std::string(std::size_t{8} << 20U, 'a') + "\"/></row></sheetData>";
  EXPECT_TRUE(holds(refusal_of(make_xlsx(directory.file("tag.xlsx"), sheet)), "a tag is longer than 4 MB"));
  const std::string remark = "<!--" + std::string(std::size_t{8} << 20U, 'a') + "--><sheetData/>";
  EXPECT_TRUE(
      holds(refusal_of(make_xlsx(directory.file("remark.xlsx"), remark)), "a tag is longer than 4 MB"));
}

// The ratio of packed to unpacked is no bound when the packed size is a lie.
TEST(HostileWorkbook, a_part_larger_than_its_file_is_refused) {
  const TempDirectory directory;
  const std::string path = make_xlsx(directory.file("lie.xlsx"), "<sheetData/>");
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  constexpr std::size_t kPackedSize = 20;  // of a directory entry (APPNOTE 4.3.12), little-endian
  file.seekp(static_cast<std::streamoff>(bytes.find("PK\x01\x02") + kPackedSize));
  file.write("\xFF\xFF\xFF\x7F", 4);
  file.close();
  EXPECT_TRUE(holds(refusal_of(path), "a part of it is larger than the file"));
}

// What says little and means much is no zip bomb: nothing in it is packed.
TEST(HostileWorkbook, a_cell_a_billion_times_is_refused) {
  const TempDirectory directory;
  const auto table = [](const std::string& rows) {
    return "<table:table table:name=\"T\">" + rows + "</table:table>";
  };
  EXPECT_TRUE(holds(
      refusal_of(make_ods(directory.file("billion.ods"),
                          table("<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell "
                                "table:number-columns-repeated=\"16384\"><text:p>x</text:p>"
                                "</table:table-cell></table:table-row>"))),
      "its tab would be more than 16 MB of text"));
  // One row, in memory.
  const std::string long_text(std::size_t{900} << 10U, 'a');
  EXPECT_TRUE(
      holds(refusal_of(make_ods(
                directory.file("row.ods"),
                table("<table:table-row><table:table-cell table:number-columns-repeated=\"1024\"><text:p>" +
                      long_text + "</text:p></table:table-cell></table:table-row>"))),
            "its row 1 is longer than 16 MB"));
  std::string spaces;
  for (int i = 0; i < 10'000; ++i) spaces += "<text:s text:c=\"10000\"/>";
  const std::string refusal = refusal_of(
      make_ods(directory.file("spaces.ods"), table("<table:table-row><table:table-cell><text:p>" + spaces +
                                                   "</text:p></table:table-cell></table:table-row>")));
  EXPECT_TRUE(holds(refusal, "1 MB")) << refusal;
  std::string cells;
  for (int i = 0; i < 1024; ++i) cells += "<c t=\"s\"><v>0</v></c>";
  EXPECT_TRUE(holds(
      refusal_of(make_xlsx(directory.file("shared.xlsx"), "<sheetData><row>" + cells + "</row></sheetData>",
                           {{"xl/sharedStrings.xml", "<sst><si><t>" + long_text + "</t></si></sst>"}})),
      "its row 1 is longer than 16 MB"));
}

TEST(HostileWorkbook, a_merged_block_of_much_text_is_refused) {
  const TempDirectory directory;
  const std::string long_text(std::size_t{900} << 10U, 'a');
  const std::string strings = "<sst><si><t>" + long_text + "</t></si></sst>";
  EXPECT_TRUE(
      holds(refusal_of(make_xlsx(directory.file("down.xlsx"),
                                 "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>"
                                 "<mergeCells><mergeCell ref=\"A1:A1048576\"/></mergeCells>",
                                 {{"xl/sharedStrings.xml", strings}})),
            "its tab would be more than 16 MB of text"));
  // Twenty rows that each begin one: the twentieth would have all of them.
  std::string rows;
  std::string merges;
  for (int i = 1; i <= 20; ++i) {
    const std::string address = fmt::format("{}{}", static_cast<char>('A' + i), i);
    rows += fmt::format("<row r=\"{}\"><c r=\"{}\" t=\"s\"><v>0</v></c></row>", i, address);
    merges += fmt::format("<mergeCell ref=\"{}:{}99\"/>", address, address.front());
  }
  // A megabyte that cannot be packed allows 400 of text, so that it is the row that is refused.
  std::mt19937 random(1);
  std::string picture(std::size_t{1} << 20U, '\0');
  for (char& byte : picture) byte = static_cast<char>(random());
  const std::string refusal =
      refusal_of(make_xlsx(directory.file("stairs.xlsx"),
                           "<sheetData>" + rows + "</sheetData><mergeCells>" + merges + "</mergeCells>",
                           {{"xl/sharedStrings.xml", strings}, {"xl/media/image1.png", picture}}));
  EXPECT_TRUE(holds(refusal, "its row 19 is longer than 16 MB")) << refusal;
}

// Looked at one by one for each row, these would take hours.
TEST(HostileWorkbook, blocks_upon_blocks_count_once) {
  const TempDirectory directory;
  std::string merges;
  for (int i = 0; i < 100'000; ++i) merges += "<mergeCell ref=\"A1:A100000\"/>";
  const Cells cells =
      must_read(make_xlsx(directory.file("blocks.xlsx"),
                          "<sheetData><row r=\"1\"><c r=\"A1\"><v>7</v></c></row></sheetData><mergeCells>" +
                              merges + "</mergeCells>"));
  ASSERT_EQ(cells.size(), 100'000U);
  EXPECT_EQ(cells.back(), (std::vector<std::string>{"7"}));
}

TEST(HostileWorkbook, places_that_there_are_not_are_no_harm) {
  const TempDirectory directory;
  EXPECT_EQ(
      must_read(make_xlsx(
          directory.file("wide.xlsx"),
          "<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>2</v></c></row></sheetData>")),
      (Cells{{"1"}}));
  EXPECT_TRUE(holds(refusal_of(make_xlsx(
                        directory.file("far.xlsx"),
                        "<sheetData><row r=\"99999999\"><c r=\"A99999999\"><v>1</v></c></row></sheetData>")),
                    "more than"));
  EXPECT_TRUE(holds(
      refusal_of(make_xlsx(
          directory.file("back.xlsx"),
          "<sheetData><row r=\"5\"><c><v>1</v></c></row><row r=\"5\"><c><v>1</v></c></row></sheetData>")),
      "comes twice"));
  EXPECT_EQ(must_read(make_xlsx(directory.file("odd.xlsx"),
                                "<sheetData><row><c t=\"s\"><v>99</v></c><c><v>x</v></c><c "
                                "s=\"7\"><v>1</v></c></row></sheetData>")),
            (Cells{{"", "x", "1"}}));
}

RC_GTEST_PROP(HostileWorkbook, any_bytes_in_a_part_end_in_rows_or_a_message, (const std::string& bytes)) {
  const TempDirectory directory;
  static_cast<void>(read_tab(make_xlsx(directory.file("a.xlsx"), bytes)));
  static_cast<void>(read_tab(make_ods(directory.file("a.ods"), bytes)));
}

RC_GTEST_PROP(Xlsx, an_address_is_read_back, ()) {
  const auto row = *rc::gen::inRange<std::uint64_t>(1, 1'048'577);
  const auto column = *rc::gen::inRange<std::size_t>(0, 16'384);
  std::string letters;
  for (std::size_t rest = column + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  std::uint64_t read_row = 0;
  std::size_t read_column = 0;
  RC_ASSERT(parse_address(letters + std::to_string(row), read_row, read_column));
  RC_ASSERT(read_row == row);
  RC_ASSERT(read_column == column);
}

RC_GTEST_PROP(Xlsx, what_looks_like_an_escape_is_read_as_it_was_written, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
      std::vector<std::string>{"_", "x", "_x", "0", "005F", "000D", "00e9", "_x000D_", "_x005F_", "a"}));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  RC_ASSERT(unescape_xlsx(escape_xlsx(text)) == text);
}

TEST(Xlsx, escapes_that_are_none_stay) {
  EXPECT_EQ(unescape_xlsx("a_x000D__x000A_b_x001B_"), "a\r\nb\x1B");
  EXPECT_EQ(unescape_xlsx("_x0000_ _xD800_ _x00G0_ x000D_ _x000"), "_x0000_ _xD800_ _x00G0_ x000D_ _x000");
}

}  // namespace
}  // namespace sv::workbooks
