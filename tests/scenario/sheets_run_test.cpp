// Reviews into Google Sheets: what ends in the tab, at what pace, and whatever goes wrong on the way.
#include "scenario/sheets_world.hpp"
#include "support/formula_corpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

namespace sv::scenario {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(SheetsRun, a_new_tab_gets_header_look_and_rows_in_the_order_of_the_source) {
  SheetsWorld world(projects(25));
  const engine::RunResult result = world.play();
  EXPECT_FALSE(result.error.has_value());
  EXPECT_TRUE(result.is_written);
  EXPECT_EQ(result.counts.judged, 25U);
  const sim_sheets::Tab& tab = world.target_tab();
  EXPECT_EQ(tab.frozen_rows, 1);
  EXPECT_EQ(tab.conditional_formats.size(), 3U);
  const auto rows = cells_of(tab);
  ASSERT_EQ(rows.size(), 26U);
  EXPECT_THAT(rows[0], ElementsAre("Row Number", "Project name", "Status Value", "Completion Date", "Comment",
                                   "Is Valid", "Issues", "Rewrite Suggestion", "Raw LLM JSON", "Check date",
                                   "Model", "", "", ""));
  for (std::size_t i = 0; i < 25; ++i) {
    const std::vector<std::string>& row = rows[i + 1];
    EXPECT_EQ(row[0], fmt::format("{}", i + 2));
    EXPECT_EQ(row[1], fmt::format("{} -> {}{}", name_of(i), kLink, i + 2));
    EXPECT_EQ(row[5], i % 3 == 0 ? "NO" : "YES");
  }
  EXPECT_TRUE(std::holds_alternative<double>(tab.cell(1, 0).value)) << "a number stays a number";
  EXPECT_TRUE(world.sink->warnings().empty());
}

TEST(SheetsRun, the_second_run_changes_nothing) {
  SheetsWorld world(projects(40));
  world.play();
  const auto first = cells_of(world.target_tab());
  const int grid = world.target_tab().row_count;
  world.play();
  EXPECT_EQ(cells_of(world.target_tab()), first);
  EXPECT_EQ(world.target_tab().row_count, grid);
  EXPECT_EQ(world.llm.total_asked(), 40);
  EXPECT_EQ(world.target_tab().conditional_formats.size(), 3U) << "the look is given once";
}

TEST(SheetsRun, new_rows_follow_and_people_keep_their_columns_rows_and_order) {
  SheetsWorld world(projects(10));
  world.play();
  sim_sheets::Tab& tab = world.target_tab();
  // A column of notes in front, a deleted column, another order of rows, a row of their own below.
  tab.insert(sim_sheets::Dimension::columns, 0, 1);
  tab.change_cell(0, 0).value = std::string("Notes");
  for (int row = 1; row <= 10; ++row) tab.change_cell(row, 0).value = "note on " + text_at(tab, row, 2);
  tab.remove(sim_sheets::Dimension::columns, 9, 10);  // Raw LLM JSON
  tab.reorder({1, 11, 0, 14}, {10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
  tab.row_count = 20;
  tab.change_cell(13, 0).value = std::string("Total: fine");
  world.source = engine::fakes::Source(projects(13, 7), true);
  world.play();
  const sim_sheets::Tab& now = world.target_tab();
  EXPECT_EQ(text_at(now, 0, 0), "Notes");
  std::vector<std::string> names;
  for (int row = 1; row <= 17; ++row) names.push_back(text_at(now, row, 2));
  EXPECT_THAT(names, ElementsAre("Project 9", "Project 8", "Project 7", "Project 6", "Project 5", "Project 4",
                                 "Project 3", "Project 2", "Project 1", "Project 0", "", "", "", "Project 10",
                                 "Project 11", "Project 12", ""));
  for (int row = 1; row <= 10; ++row) {
    EXPECT_EQ(text_at(now, row, 0), "note on " + text_at(now, row, 2));
    EXPECT_EQ(text_at(now, row, 1), fmt::format("{}", 7 + 10 - row))
        << "the source's rows have moved by five";
    EXPECT_THAT(sim_sheets::link_of(now.cell(row, 2)), testing::EndsWith(fmt::format("A{}", 7 + 10 - row)));
  }
  EXPECT_EQ(text_at(now, 13, 0), "Total: fine");
  EXPECT_EQ(text_at(now, 0, 11), "Raw LLM JSON") << "what was deleted comes back at the end";
}

TEST(SheetsRun, ten_thousand_rows_stay_within_the_quota_and_take_no_longer_than_into_a_file) {
  constexpr std::size_t kRows = 10'000;
  constexpr std::size_t kWorkers = 64;
  const auto slow = [](const domain::Row& row) { return 2s + 1ms * static_cast<int>(row.index % 2000); };
  SheetsWorld file(projects(kRows));
  file.llm.latency = slow;
  engine::fakes::Sink csv;
  file.run_into(csv, {.workers = kWorkers});
  const double in_file = to_seconds(file.clock.elapsed());

  SheetsWorld world(projects(kRows), {.has_quota = true, .faults = {}, .accepts_token = {}});
  world.llm.latency = slow;
  const TimePoint before = world.clock.now();
  const engine::RunResult result = world.play(kWorkers);
  const double in_sheet = to_seconds(world.clock.now() - before);
  EXPECT_EQ(result.counts.judged, kRows);
  const sim_sheets::SheetsLedger& ledger = world.model.ledger();
  std::printf(
      "%zu rows: %.1f s into a file, %.1f s into a sheet (ratio %.3f); at most %zu writes and %zu reads in a "
      "minute, %llu refused\n",
      kRows, in_file, in_sheet, in_sheet / in_file, ledger.most_writes_a_minute(),
      ledger.most_reads_a_minute(), static_cast<unsigned long long>(ledger.refused()));
  EXPECT_LE(ledger.most_writes_a_minute(), 60U);
  EXPECT_LE(ledger.most_reads_a_minute(), 60U);
  EXPECT_EQ(ledger.refused(), 0U);
  EXPECT_LE(in_sheet, in_file * 1.05);
  EXPECT_EQ(cells_of(world.target_tab()).size(), kRows + 1);
}

sim_sheets::SheetsOptions with_faults(std::vector<std::string> faults) {
  sim_sheets::SheetsOptions options;
  for (const std::string& fault : faults) EXPECT_TRUE(options.faults.add(fault).has_value());
  return options;
}

TEST(SheetsRun, lost_replies_and_refusals_leave_the_same_cells) {
  SheetsWorld good(projects(800));
  good.play(20);
  SheetsWorld bad(projects(800), with_faults({"drop-after=5", "503-after-write=7", "429=11"}));
  const engine::RunResult result = bad.play(20);
  EXPECT_FALSE(result.error.has_value());
  EXPECT_TRUE(result.is_written);
  EXPECT_GT(bad.model.ledger().writes(), good.model.ledger().writes());
  // Check dates are of the minute of the answer, which faults in the sheet do not move: answers do not wait.
  EXPECT_EQ(cells_of(bad.target_tab()), cells_of(good.target_tab()));
  EXPECT_EQ(bad.target_tab().row_count, good.target_tab().row_count) << "no row was inserted twice";
}

TEST(SheetsRun, lost_requests_are_sent_again) {
  SheetsWorld good(projects(300));
  good.play(20);
  SheetsWorld bad(projects(300), with_faults({"drop-before=3", "500=4", "503=5"}));
  EXPECT_FALSE(bad.play(20).error.has_value());
  EXPECT_EQ(cells_of(bad.target_tab()), cells_of(good.target_tab()));
}

TEST(SheetsRun, a_sheet_that_cannot_be_written_ends_the_run_before_anything_is_paid) {
  SheetsWorld world(projects(300), with_faults({"drop-before=1"}));
  const engine::RunResult result = world.play(20);
  ASSERT_TRUE(result.error.has_value());
  EXPECT_EQ(result.error->kind, ErrorKind::connect);
  EXPECT_EQ(world.llm.total_asked(), 0) << "nothing is paid for that cannot be written";
}

TEST(SheetsRun, a_sheet_that_dies_ends_the_run_and_the_next_goes_on) {
  SheetsWorld world(projects(300));
  const auto lose = [&]() -> boost::asio::awaitable<void> {
    co_await world.clock.sleep_until(world.clock.now() + 3s);
    world.model.require_token([](std::string_view, WallTime) { return false; });
  };
  const engine::RunResult lost = world.play(5, lose());
  ASSERT_TRUE(lost.error.has_value());
  EXPECT_EQ(lost.error->kind, ErrorKind::unauthorized);
  EXPECT_LT(world.llm.total_asked(), 300) << "nothing more is bought that cannot be written";
  EXPECT_GT(lost.counts.judged, 0U);
  world.model.require_token([](std::string_view, WallTime) { return true; });
  world.stop = StopSignal();
  const engine::RunResult next = world.play(5);
  EXPECT_FALSE(next.error.has_value());
  EXPECT_EQ(next.counts.judged + next.counts.cached, 300U);
  EXPECT_EQ(world.llm.total_asked(), 300) << "no answer is paid twice";
  const auto rows = cells_of(world.target_tab());
  ASSERT_EQ(rows.size(), 301U);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_NE(rows[i][5], "") << i;
}

TEST(SheetsRun, tabs_of_any_name_are_written_and_read) {
  for (const char* title : {"2025", "P1", "Отчёт 1/2: it's!", "a:b"}) {
    SheetsWorld world(projects(12));
    world.tab = title;
    EXPECT_TRUE(world.play().is_written) << title;
    EXPECT_EQ(cells_of(world.target_tab()).size(), 13U) << title;
    world.source = engine::fakes::Source(projects(14), true);
    EXPECT_TRUE(world.play().is_written) << title;
    EXPECT_EQ(cells_of(world.target_tab()).size(), 15U) << title;
  }
}

TEST(SheetsRun, no_text_becomes_a_formula) {
  const std::vector<std::string> corpus = support::formula_corpus();
  ASSERT_GE(corpus.size(), 60U);
  std::vector<domain::Row> rows = projects(corpus.size());
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    rows[i].comment = corpus[i];
    rows[i].status = corpus[i];
    if (i % 2 == 0) rows[i].identifier = corpus[i];
  }
  SheetsWorld world(rows);
  world.play(20);
  const sim_sheets::Tab& tab = world.target_tab();
  for (int row = 0; row < tab.touched_rows(); ++row) {
    for (int column = 0; column < 12; ++column) {
      EXPECT_FALSE(std::holds_alternative<sim_sheets::Formula>(tab.cell(row, column).value));
    }
  }
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    EXPECT_EQ(text_at(tab, static_cast<int>(i) + 1, 4), corpus[i]) << "and no text is changed";
    EXPECT_EQ(sim_sheets::link_of(tab.cell(static_cast<int>(i) + 1, 1)), fmt::format("{}{}", kLink, i + 2));
  }
  const auto first = cells_of(tab);
  world.play(20);
  EXPECT_EQ(cells_of(world.target_tab()), first) << "names that look like formulas are found again";
}

TEST(SheetsRun, links_of_the_python_original_become_links_without_a_formula) {
  SheetsWorld world(projects(5));
  world.play();
  sim_sheets::Tab& tab = world.target_tab();
  tab.change_cell(2, 1).value = sim_sheets::Formula{"=HYPERLINK(\"https://old\"; \"Project 1\")"};
  world.play();
  const sim_sheets::Tab& now = world.target_tab();
  EXPECT_EQ(text_at(now, 2, 1), "Project 1");
  EXPECT_EQ(sim_sheets::link_of(now.cell(2, 1)), std::string(kLink) + "3");
  EXPECT_EQ(cells_of(now).size(), 6U);
}

TEST(SheetsRun, somebody_elses_table_is_left_alone) {
  SheetsWorld world(projects(5));
  world.tab = "Sheet1";
  world.document().find_tab("Sheet1")->change_cell(0, 0).value = std::string("Budget");
  const std::optional<Error> error = world.open();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->kind, ErrorKind::invalid_input);
  EXPECT_THAT(error->message, HasSubstr("is not a review of ours"));
}

TEST(SheetsRun, a_blank_tab_of_people_is_taken) {
  SheetsWorld world(projects(5));
  world.tab = "Sheet1";
  EXPECT_TRUE(world.play().is_written);
  EXPECT_EQ(cells_of(world.target_tab()).size(), 6U);
  EXPECT_EQ(world.target_tab().frozen_rows, 1);
}

TEST(SheetsRun, rows_without_names_are_known_by_their_address) {
  std::vector<domain::Row> rows = projects(8);
  SheetsWorld world(rows, {}, false);
  world.row_link.clear();
  world.source_name = "statuses.csv";
  world.play();
  sim_sheets::Tab& tab = world.target_tab();
  EXPECT_EQ(text_at(tab, 1, 1), "statuses.csv#row=2");
  tab.reorder({1, 9, 0, 14}, {8, 7, 6, 5, 4, 3, 2, 1});
  const auto sorted = cells_of(tab);
  world.play();
  EXPECT_EQ(cells_of(world.target_tab()), sorted);
}

TEST(SheetsRun, what_is_gone_while_the_target_is_read_is_forgotten) {
  SheetsWorld world(projects(5));
  world.play();
  // Between the reading of the cells and that of all names: after two calls and a half.
  const auto edit = [&]() -> boost::asio::awaitable<void> {
    co_await world.clock.sleep_until(world.clock.now() + 200ms);
    sim_sheets::Tab& tab = world.target_tab();
    for (int column = 0; column < 12; ++column) tab.change_cell(3, column) = {};
  };
  std::exception_ptr failure;
  boost::asio::co_spawn(world.io, edit(), [&](std::exception_ptr error) { failure = std::move(error); });
  Result<sheets::TargetTab> target = world.wait_for(sheets::read_target(world.client, world.request()));
  ASSERT_TRUE(target.has_value());
  ASSERT_EQ(target->keys.size(), 5U);
  EXPECT_EQ(target->keys[2], sheets::RowKey{}) << "it was read a second time";
  EXPECT_TRUE(target->contents.read(1)->has_value());
  EXPECT_FALSE(target->contents.read(2)->has_value()) << "its review would come back in a repair";
}

TEST(SheetsRun, a_renamed_tab_is_still_the_target) {
  SheetsWorld world(projects(60));
  const auto rename = [&]() -> boost::asio::awaitable<void> {
    co_await world.clock.sleep_until(world.clock.now() + 1500ms);
    world.target_tab().title = "Renamed";
  };
  EXPECT_TRUE(world.play(3, rename()).is_written);
  world.tab = "Renamed";
  const auto rows = cells_of(world.target_tab());
  ASSERT_EQ(rows.size(), 61U);
  for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_NE(rows[i][5], "");
}

TEST(SheetsRun, a_stop_leaves_the_reviews_so_far_and_the_next_run_goes_on) {
  SheetsWorld world(projects(100));
  world.llm.on_asked = [&] {
    if (world.llm.total_asked() == 40) world.stop.request();
  };
  const engine::RunResult result = world.play(5);
  EXPECT_FALSE(result.is_complete());
  const auto rows = cells_of(world.target_tab());
  ASSERT_EQ(rows.size(), 101U) << "every row has its place from the start";
  EXPECT_EQ(std::ranges::count_if(rows, [](const auto& row) { return row[5] == "YES" || row[5] == "NO"; }),
            static_cast<std::ptrdiff_t>(result.counts.judged));
}

}  // namespace
}  // namespace sv::scenario
