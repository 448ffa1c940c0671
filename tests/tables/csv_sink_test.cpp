#include "tables/csv_sink.hpp"

#include "base/clock.hpp"
#include "base/random.hpp"
#include "tables/csv_source.hpp"
#include "tables/table_tools.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace sv::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CsvSinkTest : public ::testing::Test {
 protected:
  CsvSinkTest() {
    options_.path = directory_.path_of("review.csv");
    options_.columns.identifier = true;
    options_.dialect = CsvDialect{.delimiter = ',', .has_bom = false, .line_end = LineEnd::lf};
    options_.source_name = "s.csv";
  }

  std::unique_ptr<CsvSink> open() {
    auto sink = open_csv_sink(options_);
    if (!sink) throw std::runtime_error(sink.error().message);
    return std::move(*sink);
  }
  // A whole run.
  void write(std::vector<domain::Outcome> outcomes, std::uint64_t places, bool keep_existing) {
    const auto sink = open();
    ASSERT_TRUE(begin(*sink, places, keep_existing));
    const auto written = put(*sink, std::move(outcomes));
    ASSERT_TRUE(written) << written.error().message;
    const auto finished = finish(*sink);
    ASSERT_TRUE(finished) << finished.error().message;
  }
  std::string target() const { return content_of(options_.path); }
  // The cells of one column of the target, header first.
  std::vector<std::string> column(std::size_t index) const {
    Result<CsvReader> reader = CsvReader::open(options_.path);
    if (!reader) throw std::runtime_error(reader.error().message);
    std::vector<std::string> cells;
    while (*reader->next())
      cells.emplace_back(index < reader->cells().size() ? reader->cells()[index] : "(none)");
    return cells;
  }

  TemporaryDirectory directory_;
  CsvSinkOptions options_;
};

constexpr std::size_t kIdentifier = 1;
constexpr std::size_t kComment = 4;

TEST_F(CsvSinkTest, a_review_looks_like_this) {
  options_.columns = {.completion_date = true, .identifier = true, .project_manager = true};
  domain::Outcome judged = make_outcome(0, "Bridge", "Late, \"again\"\nsorry");
  judged.row.project_manager = "@ann";
  judged.row.completion_date = "31.12.2026";
  judged.verdict = {.is_valid = false,
                    .issues = {{.message = "No date", .rule = "2", .severity = {}, .quote = {}}},
                    .rewrite_suggestion = "=Done by May"};
  domain::Answer answer = *judged.answer;
  answer.answered_at = {};
  judged.answer = std::make_shared<const domain::Answer>(answer);
  const std::string date = format_check_date({});
  write({judged, make_unjudged(1, "Tunnel", "no provider answered")}, 2, true);
  EXPECT_EQ(
      target(),
      "Row Number,Project name,Project manager,Status Value,Completion Date,Comment,Is Valid,Issues,Rewrite "
      "Suggestion,Raw LLM JSON,Check date,Model\n"
      "2,Bridge,'@ann,Green,31.12.2026,\"Late, \"\"again\"\"\nsorry\",NO,• No date [2],'=Done by "
      "May,\"{\"\"issues\"\":[],\"\"is_valid\"\":true}\"," +
          date +
          ",test-model\n"
          "3,Tunnel,,Green,,,,no provider answered,,,,\n");
}

TEST_F(CsvSinkTest, outcomes_in_any_order_end_in_the_order_of_their_places) {
  std::vector<domain::Outcome> outcomes;
  for (std::uint64_t place = 0; place < 500; ++place)
    outcomes.push_back(make_outcome(place, "P" + std::to_string(place), "c"));
  write(outcomes, 500, true);
  const std::string in_order = target();
  std::filesystem::remove(options_.path);
  Random random(3);
  for (std::size_t i = outcomes.size(); i > 1; --i) std::swap(outcomes[i - 1], outcomes[random.below(i)]);
  write(outcomes, 500, true);
  EXPECT_EQ(target(), in_order);
  EXPECT_EQ(column(kIdentifier)[500], "P499");
}

TEST_F(CsvSinkTest, an_outcome_that_is_put_twice_stands_there_once_as_it_was_put_last) {
  write({make_outcome(0, "A", "first"), make_outcome(1, "B", "b"), make_outcome(0, "A", "second")}, 2, true);
  EXPECT_THAT(column(kComment), ElementsAre("Comment", "second", "b"));
}

TEST_F(CsvSinkTest, skipped_rows_are_not_written) {
  domain::Outcome skipped = make_outcome(0, "", "no identifier");
  skipped.kind = domain::OutcomeKind::skipped;
  write({make_outcome(0, "A", "a"), skipped}, 1, true);
  EXPECT_THAT(column(kComment), ElementsAre("Comment", "a"));
}

TEST_F(CsvSinkTest, nothing_is_seen_before_finish) {
  directory_.write("review.csv", "");
  const auto sink = open();
  ASSERT_TRUE(begin(*sink, 1, true));
  ASSERT_TRUE(put(*sink, {make_outcome(0, "A", std::string(900'000, 'x'))}));
  EXPECT_EQ(target(), "");
  EXPECT_THAT(directory_.names(), ElementsAre("review.csv"));
}

TEST_F(CsvSinkTest, a_run_that_is_given_up_leaves_nothing) {
  {
    const auto sink = open();
    ASSERT_TRUE(begin(*sink, 1, true));
    ASSERT_TRUE(put(*sink, {make_outcome(0, "A", "a")}));
  }
  EXPECT_THAT(directory_.names(), IsEmpty());
}

TEST_F(CsvSinkTest, a_second_run_over_its_own_review_gives_the_same_bytes) {
  const std::vector<domain::Outcome> outcomes = {make_outcome(0, "=A", "-a;\"b\"\r\n"),
                                                 make_outcome(1, "'@B", " b "), make_unjudged(2, "C", "why")};
  for (const CsvDialect& dialect :
       {CsvDialect{}, CsvDialect{.delimiter = ';', .has_bom = true, .line_end = LineEnd::lf},
        CsvDialect{.delimiter = '\t', .has_bom = false, .line_end = LineEnd::cr}}) {
    options_.dialect = dialect;
    write(outcomes, 3, true);
    const std::string first = target();
    options_.dialect =
        CsvDialect{.delimiter = '|', .has_bom = false, .line_end = LineEnd::lf};  // the target's own wins
    write(outcomes, 3, true);
    EXPECT_EQ(target(), first);
    write({outcomes[1]}, 3, true);
    EXPECT_EQ(target(), first);
    write({}, 3, true);
    EXPECT_EQ(target(), first);
    std::filesystem::remove(options_.path);
  }
}

TEST_F(CsvSinkTest, existing_rows_are_read_with_their_true_identifiers_as_often_as_wanted) {
  write({make_outcome(0, "=A", ""), make_outcome(1, "'=B", ""), make_unjudged(2, "C", "why")}, 3, true);
  const auto sink = open();
  const std::string date = format_check_date(make_outcome(0, "", "").answer->answered_at);
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<ports::ExistingRow> rows;
    for (;;) {
      const auto some = read_existing(*sink, 2);
      ASSERT_TRUE(some);
      if (some->empty()) break;
      rows.insert(rows.end(), some->begin(), some->end());
    }
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].identifier, "=A");
    EXPECT_EQ(rows[0].check_date, date);
    EXPECT_EQ(rows[1].identifier, "'=B");
    EXPECT_EQ(rows[1].place, 1U);
    EXPECT_EQ(rows[2].check_date, "");
  }
}

TEST_F(CsvSinkTest, without_a_target_there_are_no_existing_rows) {
  EXPECT_THAT(*read_existing(*open()), IsEmpty());
  directory_.write("review.csv", "\n\n");
  EXPECT_THAT(*read_existing(*open()), IsEmpty());
}

TEST_F(CsvSinkTest, rows_without_an_outcome_stay_or_go_as_the_run_says) {
  write({make_outcome(0, "A", "a"), make_outcome(1, "B", "b"), make_outcome(2, "C", "c")}, 3, true);
  write({make_outcome(1, "B", "new"), make_outcome(3, "D", "d")}, 4, true);
  EXPECT_THAT(column(kComment), ElementsAre("Comment", "a", "new", "c", "d"));
  write({make_outcome(0, "X", "x")}, 1, false);
  EXPECT_THAT(column(kComment), ElementsAre("Comment", "x"));
}

TEST_F(CsvSinkTest, rows_to_be_kept_are_not_cut_off_by_fewer_places) {
  write({make_outcome(0, "A", "a"), make_outcome(1, "B", "b")}, 2, true);
  write({make_outcome(0, "A", "new")}, 1, true);
  EXPECT_THAT(column(kComment), ElementsAre("Comment", "new", "b"));
}

TEST_F(CsvSinkTest, cells_are_verbatim_when_the_review_is_read_as_a_source) {
  const std::vector<std::string> comments = {"a\r\nb", "\"\"", "x,y;z\t|", " space ",
                                             "ж😀",    "",     "'",        std::string(kMaxCellBytes, 'm')};
  std::vector<domain::Outcome> outcomes;
  for (std::size_t i = 0; i < comments.size(); ++i) outcomes.push_back(make_outcome(i, "P", comments[i]));
  write(outcomes, comments.size(), true);
  auto source = open_csv_source(
      {.path = options_.path, .columns = {.status = "Status Value", .comment = "Comment"}, .limit = {}});
  ASSERT_TRUE(source) << source.error().message;
  const auto rows = read_all_rows(**source);
  ASSERT_EQ(rows.size(), comments.size());
  for (std::size_t i = 0; i < comments.size(); ++i) EXPECT_EQ(rows[i].comment, comments[i]) << i;
}

TEST_F(CsvSinkTest, the_largest_cell_with_a_prefix_can_be_read_by_the_next_run) {
  write({make_outcome(0, "P", "=" + std::string(kMaxCellBytes - 1, '"'))}, 1, true);
  const std::string first = target();
  write({make_outcome(0, "P", "=" + std::string(kMaxCellBytes - 1, '"'))}, 1, true);
  EXPECT_EQ(target(), first);
}

// What a target must not be.

TEST_F(CsvSinkTest, somebody_elses_table_is_refused_and_left_as_it_is) {
  directory_.write("review.csv", "project,budget\nA,100\n");
  const auto sink = open_csv_sink(options_);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(sink.error().message, HasSubstr("no column \"Row Number\", \"Is Valid\", \"Issues\""));
  EXPECT_EQ(target(), "project,budget\nA,100\n");
}

TEST_F(CsvSinkTest, the_source_itself_is_refused_under_any_name) {
  options_.source_path = directory_.write("s.csv", "status,comment\n");
  std::filesystem::create_symlink(options_.source_path, directory_.path_of("link.csv"));
  std::filesystem::create_hard_link(options_.source_path, directory_.path_of("hard.csv"));
  for (const std::string name : {"s.csv", "link.csv", "hard.csv", "./s.csv"}) {
    options_.path = directory_.path_of(name);
    const auto sink = open_csv_sink(options_);
    ASSERT_FALSE(sink) << name;
    EXPECT_THAT(sink.error().message, HasSubstr("is the source itself")) << name;
  }
}

TEST_F(CsvSinkTest, a_missing_directory_is_told_at_once) {
  options_.path = directory_.path_of("none/review.csv");
  const auto sink = open_csv_sink(options_);
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().kind, ErrorKind::not_found);
  EXPECT_THAT(sink.error().message, HasSubstr("none: No such file or directory"));
}

TEST_F(CsvSinkTest, directories_and_devices_are_no_targets) {
  options_.path = directory_.path();
  EXPECT_EQ(open_csv_sink(options_).error().kind, ErrorKind::invalid_input);
  options_.path = "/dev/null";
  EXPECT_EQ(open_csv_sink(options_).error().kind, ErrorKind::invalid_input);
}

TEST_F(CsvSinkTest, what_may_not_be_written_is_told_at_once) {
  write({make_outcome(0, "A", "a")}, 1, true);
  ASSERT_EQ(::chmod(options_.path.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0777), 0);
  const bool is_root = ::geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  if (is_root) ASSERT_EQ(::seteuid(kNobody), 0);
  const auto read_only_file = open_csv_sink(options_);
  if (is_root) ASSERT_EQ(::seteuid(0), 0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0555), 0);
  options_.path = directory_.path_of("new.csv");
  if (is_root) ASSERT_EQ(::seteuid(kNobody), 0);
  const auto read_only_directory = open_csv_sink(options_);
  if (is_root) ASSERT_EQ(::seteuid(0), 0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  ASSERT_FALSE(read_only_file);
  EXPECT_EQ(read_only_file.error().kind, ErrorKind::permission_denied);
  ASSERT_FALSE(read_only_directory);
  EXPECT_EQ(read_only_directory.error().kind, ErrorKind::permission_denied);
}

TEST_F(CsvSinkTest, a_symbolic_link_is_followed_and_stays_one) {
  const std::string real = directory_.path_of("real.csv");
  options_.path = real;
  write({make_outcome(0, "A", "a")}, 1, true);
  options_.path = directory_.path_of("link.csv");
  std::filesystem::create_symlink("real.csv", options_.path);
  write({make_outcome(0, "A", "new")}, 1, true);
  EXPECT_TRUE(std::filesystem::is_symlink(options_.path));
  EXPECT_THAT(content_of(real), HasSubstr("new"));
}

TEST_F(CsvSinkTest, a_target_that_somebody_changed_during_the_run_is_left_as_it_is) {
  write({make_outcome(0, "A", "a")}, 1, true);
  const auto sink = open();
  ASSERT_TRUE(begin(*sink, 1, true));
  ASSERT_TRUE(put(*sink, {make_outcome(0, "A", "new")}));
  const std::string edited = target() + "9,Z,,,,,,,,,\n";
  directory_.write("review.csv", edited);
  const auto finished = finish(*sink);
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().message, HasSubstr("was changed by somebody else"));
  EXPECT_EQ(target(), edited);
}

TEST_F(CsvSinkTest, a_target_that_appeared_during_the_run_is_left_as_it_is) {
  const auto sink = open();
  ASSERT_TRUE(begin(*sink, 1, true));
  directory_.write("review.csv", "mine\n");
  EXPECT_FALSE(finish(*sink));
  EXPECT_EQ(target(), "mine\n");
}

}  // namespace
}  // namespace sv::tables
