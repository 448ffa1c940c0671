#include "workbooks/xlsx_sink.hpp"

#include "base/text.hpp"
#include "support/virtual_clock.hpp"
#include "workbooks/cell_bounds.hpp"
#include "workbooks/review_workbook.hpp"
#include "workbooks/workbook_tools.hpp"
#include "workbooks/zip_archive.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <xlsxwriter.h>

namespace sv::workbooks {
namespace {

template <typename T>
T await(boost::asio::awaitable<T> work) {
  boost::asio::io_context io;
  std::optional<T> result;
  boost::asio::co_spawn(io, std::move(work),
                        [&](const std::exception_ptr&, T value) { result = std::move(value); });
  io.run();
  return std::move(*result);
}

domain::Outcome outcome_at(std::uint64_t place, const std::string& identifier, const std::string& comment) {
  domain::Outcome outcome;
  outcome.kind = domain::OutcomeKind::judged;
  outcome.place = place;
  outcome.row = {.index = place,
                 .number = place + 2,
                 .status = "Done",
                 .comment = comment,
                 .completion_date = "",
                 .identifier = identifier,
                 .project_manager = ""};
  outcome.verdict.is_valid = place % 2 == 0;
  if (!outcome.verdict.is_valid)
    outcome.verdict.issues = {{.message = "say what is done", .rule = "", .quote = ""}};
  auto answer = std::make_shared<domain::Answer>();
  answer->raw_json = "{}";
  answer->model = "model";
  answer->answered_at = WallTime(std::chrono::milliseconds(1'795'600'000'000));
  outcome.answer = std::move(answer);
  return outcome;
}

XlsxSinkOptions options_for(const std::string& path) {
  XlsxSinkOptions options;
  options.path = path;
  options.columns.identifier = true;
  options.source_name = "statuses.csv";
  return options;
}

std::unique_ptr<XlsxSink> must_open(const XlsxSinkOptions& options) {
  Result<std::unique_ptr<XlsxSink>> sink = XlsxSink::open(options);
  if (!sink) ADD_FAILURE() << sink.error().message;
  return sink ? std::move(*sink) : nullptr;
}

std::string refusal_to_open(const XlsxSinkOptions& options) {
  const Result<std::unique_ptr<XlsxSink>> sink = XlsxSink::open(options);
  return sink ? "it was opened" : sink.error().message;
}

// A whole review of these outcomes; gives the sink's error, or nothing.
std::string write(XlsxSink& sink, std::vector<domain::Outcome> outcomes, std::uint64_t places,
                  bool keep = true) {
  if (const auto begun = await(sink.begin(places, keep)); !begun) return begun.error().message;
  if (const auto put = await(sink.put(std::move(outcomes))); !put) return put.error().message;
  if (const auto finished = await(sink.finish()); !finished) return finished.error().message;
  return {};
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string part_of(const std::string& path, const std::string& part) {
  const Result<ZipArchive> archive = ZipArchive::open(path);
  std::string content;
  if (archive) {
    static_cast<void>(archive->read(part, [&](std::string_view piece) -> Result<bool> {
      content += piece;
      return true;
    }));
  }
  return content;
}

const std::vector<std::string> kHeader = {
    "Row Number", "Project name",       "Status Value", "Completion Date", "Comment", "Is Valid",
    "Issues",     "Rewrite Suggestion", "Raw LLM JSON", "Check date",      "Model"};

TEST(XlsxSink, a_review_is_read_back_as_it_was_written) {
  const TempDirectory directory;
  const std::string path = directory.file("review.xlsx");
  // In any order; each goes to its place.
  EXPECT_EQ(write(*must_open(options_for(path)),
                  {outcome_at(1, "Bridge", "two\nlines"), outcome_at(0, "Паром", "готово")}, 2),
            "");
  const Cells cells = must_read(path);
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells[0], kHeader);
  EXPECT_EQ(cells[1][0], "2");
  EXPECT_EQ(cells[1][1], "Паром");
  EXPECT_EQ(cells[1][5], "YES");
  EXPECT_EQ(cells[2][4], "two\nlines");
  EXPECT_EQ(cells[2][5], "NO");
  EXPECT_EQ(cells[2][6], "• say what is done");
}

TEST(XlsxSink, no_text_becomes_a_formula) {
  const TempDirectory directory;
  const std::string path = directory.file("review.xlsx");
  // security.md S-06
  const std::vector<std::string> corpus = {"=1+1",
                                           "+1",
                                           "-1",
                                           "@SUM(A1)",
                                           "\t=1",
                                           "=HYPERLINK(\"http://x\")",
                                           "＝1",
                                           "'=1",
                                           "''=1",
                                           "=cmd|' /C calc'!A0",
                                           "https://example.org/x",
                                           "mailto:a@b.c",
                                           "internal:A1",
                                           "{=1}"};
  std::vector<domain::Outcome> outcomes;
  for (std::size_t i = 0; i < corpus.size(); ++i)
    outcomes.push_back(outcome_at(i, "P" + std::to_string(i), corpus[i]));
  EXPECT_EQ(write(*must_open(options_for(path)), outcomes, corpus.size()), "");
  const std::string sheet = part_of(path, "xl/worksheets/sheet1.xml");
  EXPECT_NE(sheet, "");
  EXPECT_EQ(sheet.find("<f>"), std::string::npos);
  EXPECT_EQ(sheet.find("<hyperlink "), std::string::npos);
  const Cells cells = must_read(path);
  for (std::size_t i = 0; i < corpus.size(); ++i)
    EXPECT_EQ(cells.at(i + 1).at(4), corpus[i]) << "verbatim: text is text here";
}

TEST(XlsxSink, the_same_outcomes_give_the_same_bytes_also_over_themselves) {
  const TempDirectory directory;
  const std::vector<domain::Outcome> outcomes = {outcome_at(0, "'=1", "=1"), outcome_at(1, "b", "'=1")};
  EXPECT_EQ(write(*must_open(options_for(directory.file("a.xlsx"))), outcomes, 2), "");
  EXPECT_EQ(write(*must_open(options_for(directory.file("b.xlsx"))), outcomes, 2), "");
  EXPECT_EQ(bytes_of(directory.file("a.xlsx")), bytes_of(directory.file("b.xlsx")));
  EXPECT_EQ(write(*must_open(options_for(directory.file("a.xlsx"))), outcomes, 2), "");
  EXPECT_EQ(bytes_of(directory.file("a.xlsx")), bytes_of(directory.file("b.xlsx")));
}

TEST(XlsxSink, rows_keep_their_places_and_peoples_own_columns) {
  const TempDirectory directory;
  const std::string path = directory.file("review.xlsx");
  lxw_workbook* workbook = workbook_new(path.c_str());
  lxw_worksheet* sheet = workbook_add_worksheet(workbook, "Неделя 47");
  const std::vector<std::string> header = {"Row Number", "Мои заметки", "Project name", "Is Valid", "Issues"};
  for (std::size_t i = 0; i < header.size(); ++i)
    worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), header[i].c_str(), nullptr);
  worksheet_write_string(sheet, 1, 1, "позвонить", nullptr);
  worksheet_write_string(sheet, 1, 2, "Bridge", nullptr);
  worksheet_write_number(sheet, 2, 1, 42.5, nullptr);
  worksheet_write_string(sheet, 2, 2, "Gone", nullptr);
  ASSERT_EQ(workbook_close(workbook), LXW_NO_ERROR);

  const std::unique_ptr<XlsxSink> sink = must_open(options_for(path));
  const auto existing = await(sink->read_existing(10));
  ASSERT_TRUE(existing.has_value());
  ASSERT_EQ(existing->size(), 2U);
  EXPECT_EQ(existing->at(0).identifier, "Bridge");
  EXPECT_EQ(write(*sink, {outcome_at(0, "Bridge", "c"), outcome_at(2, "Ferry", "d")}, 3), "");
  const Cells cells = must_read(path, "Неделя 47");
  ASSERT_EQ(cells.size(), 4U);
  EXPECT_EQ(cells[1][1], "позвонить");
  EXPECT_EQ(cells[1][3], "YES");
  EXPECT_EQ(cells[2][2], "Gone") << "a row that the source has no more";
  EXPECT_EQ(cells[2][1], "42.5");
  EXPECT_EQ(cells[3][2], "Ferry");
}

// Whatever stands in it: else the next review would have its row twice.
RC_GTEST_PROP(XlsxSink, a_name_is_found_again, ()) {
  const auto pieces = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
      rc::gen::elementOf(std::vector<std::string>{"A",
                                                  "ё",
                                                  " ",
                                                  "\t",
                                                  "\n",
                                                  "\r",
                                                  "\r\n",
                                                  "=",
                                                  "+",
                                                  "'",
                                                  "\"",
                                                  ",",
                                                  "<",
                                                  "&",
                                                  "]]>",
                                                  "\x01",
                                                  "\x08",
                                                  "\x1B[1m",
                                                  "\x7F",
                                                  "\xC2\x85",
                                                  "\xE2\x80\xA8",
                                                  "\xE2\x80\x8B",
                                                  "\xF0\x9F\x9A\xA7",
                                                  "\xEF\xBF\xBD",
                                                  "_x000D_",
                                                  "_x005F_",
                                                  "_x",
                                                  "_",
                                                  "x0041_"})));
  std::string name;
  for (const std::string& piece : pieces) name += piece;
  RC_PRE(!is_blank(name));
  if (*rc::gen::arbitrary<bool>()) name.append(kLongestCell, 'z');
  const TempDirectory directory;
  const std::string path = directory.file("review.xlsx");
  RC_ASSERT(write(*must_open(options_for(path)), {outcome_at(0, name, "c")}, 1).empty());
  const auto existing = await(must_open(options_for(path))->read_existing(10));
  RC_ASSERT(existing.has_value());
  RC_ASSERT(existing->size() == 1U);
  RC_ASSERT(domain::folded_identifier(existing->front().identifier) == domain::folded_identifier(name));
}

TEST(XlsxSink, what_would_lose_something_is_refused_before_anything_is_asked) {
  const TempDirectory directory;
  const auto make = [&](const std::string& name, auto fill) {
    const std::string path = directory.file(name);
    lxw_workbook* workbook = workbook_new(path.c_str());
    lxw_worksheet* sheet = workbook_add_worksheet(workbook, "Review");
    for (std::size_t i = 0; i < kHeader.size(); ++i)
      worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), kHeader[i].c_str(), nullptr);
    fill(workbook, sheet);
    EXPECT_EQ(workbook_close(workbook), LXW_NO_ERROR);
    return path;
  };
  const std::string tabs = make(
      "tabs.xlsx", [](lxw_workbook* workbook, lxw_worksheet*) { workbook_add_worksheet(workbook, "Notes"); });
  EXPECT_TRUE(holds(refusal_to_open(options_for(tabs)), "has 2 tabs"));
  const std::string formulas = make("formulas.xlsx", [](lxw_workbook*, lxw_worksheet* sheet) {
    worksheet_write_formula(sheet, 1, 12, "=1+1", nullptr);
  });
  EXPECT_TRUE(holds(refusal_to_open(options_for(formulas)), "has formulas"));
  const std::string other = make("other.xlsx", [](lxw_workbook*, lxw_worksheet* sheet) {
    worksheet_write_string(sheet, 0, 0, "Budget", nullptr);
  });
  EXPECT_TRUE(holds(refusal_to_open(options_for(other)), "is not a review of ours"));
  EXPECT_EQ(must_read(other)[0][0], "Budget") << "left as it was";
  XlsxSinkOptions itself = options_for(other);
  itself.source_path = other;
  EXPECT_TRUE(holds(refusal_to_open(itself), "is the source itself"));
  EXPECT_TRUE(holds(refusal_to_open(options_for(directory.file("none/review.xlsx"))), "No such file"));
}

TEST(XlsxSink, a_target_that_somebody_changed_meanwhile_is_left_alone) {
  const TempDirectory directory;
  const std::string path = directory.file("review.xlsx");
  EXPECT_EQ(write(*must_open(options_for(path)), {outcome_at(0, "a", "b")}, 1), "");
  const std::unique_ptr<XlsxSink> sink = must_open(options_for(path));
  std::ofstream(path, std::ios::binary | std::ios::app) << "x";
  const std::string changed = bytes_of(path);
  EXPECT_TRUE(holds(write(*sink, {outcome_at(0, "a", "c")}, 1), "was changed by somebody else"));
  EXPECT_EQ(bytes_of(path), changed);
}

TEST(XlsxSink, row_numbers_link_to_the_rows_of_a_workbook) {
  const TempDirectory directory;
  XlsxSinkOptions options = options_for(directory.file("review.xlsx"));
  options.source_path = directory.file("statuses.xlsx");
  options.source_tab = "it's 2025";
  EXPECT_EQ(write(*must_open(options), {outcome_at(0, "a", "b")}, 1), "");
  const std::string relations = part_of(options.path, "xl/worksheets/_rels/sheet1.xml.rels");
  EXPECT_TRUE(holds(relations, "statuses.xlsx")) << relations;
  const std::string sheet = part_of(options.path, "xl/worksheets/sheet1.xml");
  EXPECT_TRUE(holds(sheet, "location=\"'it''s 2025'!A2\"")) << sheet;
  EXPECT_EQ(must_read(options.path)[1][0], "2");
}

TEST(XlsxSink, a_text_that_excel_does_not_take_is_cut_and_told) {
  const TempDirectory directory;
  const std::string path = directory.file("review.xlsx");
  const std::unique_ptr<XlsxSink> sink = must_open(options_for(path));
  std::string longest;
  for (int i = 0; i < 32'767; ++i) longest += "ж";
  EXPECT_EQ(write(*sink,
                  {outcome_at(0, "fits", longest), outcome_at(1, "too long", longest + "ж"),
                   outcome_at(2, "wide", longest + "😀")},
                  3),
            "");
  const Cells cells = must_read(path);
  EXPECT_EQ(cells[1][4], longest);
  EXPECT_TRUE(cells[2][4].ends_with("ж…"));
  EXPECT_EQ(cells[2][4].size(), 2U * 32'766U + 3U);
  ASSERT_EQ(sink->warnings().size(), 1U);
  EXPECT_TRUE(sink->warnings()[0].starts_with("2 cells were longer than the 32,767 characters"));
}

TEST(TabName, is_what_excel_takes) {
  EXPECT_TRUE(is_tab_name("Неделя 47 (итоги) — фев. 2026"));
  for (const char* name : {"", "a:b", "1/2", "[x]", "'a", "a'", "what?", "12345678901234567890123456789012"})
    EXPECT_FALSE(is_tab_name(name)) << name;
}

}  // namespace
}  // namespace sv::workbooks
