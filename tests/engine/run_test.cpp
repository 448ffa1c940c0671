#include "engine/run.hpp"

#include "engine/world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::engine {
namespace {

using domain::OutcomeKind;
using namespace std::chrono_literals;

struct FileWorld : World {
  fakes::Sink sink;
  using World::World;
  RunResult play(RunOptions options = {}) { return run_into(sink, options); }
};

class RunWithWorkers : public testing::TestWithParam<std::size_t> {};

TEST_P(RunWithWorkers, judges_every_row_once_and_writes_it_at_its_place) {
  const std::size_t workers = GetParam();
  constexpr std::size_t kRows = 1000;
  FileWorld world(fakes::numbered_rows(kRows));
  const RunResult result = world.play({.workers = workers});

  EXPECT_EQ(result.counts.judged, kRows);
  EXPECT_EQ(result.counts.finished(), kRows);
  EXPECT_TRUE(result.is_written);
  EXPECT_TRUE(world.sink.is_finished);
  ASSERT_EQ(world.sink.by_place.size(), kRows);
  for (const auto& [place, outcome] : world.sink.by_place) {
    EXPECT_EQ(outcome.row.index, place);
    EXPECT_EQ(world.sink.puts_at[place], 1);
  }
  EXPECT_EQ(world.llm.total_asked(), static_cast<int>(kRows));
  EXPECT_EQ(world.llm.max_in_flight, static_cast<int>(workers));
  EXPECT_EQ(world.watch.finished.size(), kRows);
  // As one request ends the next starts: no barrier, no worker that waits for a commit but the last ones.
  const Duration ideal = 200ms * static_cast<int>((kRows + workers - 1) / workers);
  EXPECT_EQ(world.clock.elapsed(), ideal + world.cache.commit_time);
}

INSTANTIATE_TEST_SUITE_P(Counts, RunWithWorkers, testing::Values(1, 3, 5, 10, 20, 100, 1000));

TEST(Run, the_second_run_asks_nothing_and_writes_the_same) {
  FileWorld world(fakes::numbered_rows(300));
  world.play();
  const int asked = world.llm.total_asked();
  const auto first = world.sink.by_place;
  world.sink = fakes::Sink();
  const RunResult second = world.play();
  EXPECT_EQ(world.llm.total_asked(), asked);
  EXPECT_EQ(second.counts.cached, 300U);
  ASSERT_EQ(world.sink.by_place.size(), first.size());
  for (const auto& [place, outcome] : world.sink.by_place) {
    EXPECT_EQ(outcome.verdict, first.at(place).verdict);
    EXPECT_EQ(outcome.answer->answered_at, first.at(place).answer->answered_at);
  }
}

TEST(Run, look_ups_come_in_groups) {
  FileWorld world(fakes::numbered_rows(1000));
  world.play();
  EXPECT_LE(world.cache.finds, 3);
}

TEST(Run, identical_rows_cost_one_request) {
  std::vector<domain::Row> rows;
  for (std::size_t i = 0; i < 500; ++i)
    rows.push_back(fakes::make_row(i, "comment " + std::to_string(i % 7)));
  FileWorld world(std::move(rows));
  const RunResult result = world.play({.workers = 50});
  EXPECT_EQ(world.llm.total_asked(), 7);
  EXPECT_EQ(result.counts.judged, 7U);
  EXPECT_EQ(result.counts.cached, 493U);
  EXPECT_EQ(world.sink.by_place.size(), 500U);
}

TEST(Run, identical_rows_share_a_failure_too) {
  FileWorld world({fakes::make_row(0, "lost"), fakes::make_row(1, "fine"), fakes::make_row(2, "lost")});
  world.llm.failures["lost"] = ErrorKind::refused;
  const RunResult result = world.play();
  EXPECT_EQ(result.counts.unjudged, 2U);
  EXPECT_EQ(result.counts.judged, 1U);
  EXPECT_EQ(world.llm.asked["lost"], 1);
  EXPECT_EQ(world.sink.by_place.at(2).kind, OutcomeKind::unjudged);
  EXPECT_NE(world.sink.by_place.at(2).reason.find("a person must look"), std::string::npos);
}

TEST(Run, force_asks_again_but_identical_rows_only_once) {
  FileWorld world({fakes::make_row(0, "same"), fakes::make_row(1, "same"), fakes::make_row(2, "other")});
  world.play();
  world.cache.start_new_run();
  const RunResult result = world.play({.must_ask_all = true});
  EXPECT_EQ(world.llm.asked["same"], 2);
  EXPECT_EQ(world.llm.asked["other"], 2);
  EXPECT_EQ(result.counts.judged, 2U);
  EXPECT_EQ(result.counts.cached, 1U);
}

TEST(Run, checkdate_asks_again_about_what_was_not_checked_this_week) {
  // Virtual wall time begins on Monday, 2026-01-05.
  FileWorld world({fakes::make_row(0, "old", "A"), fakes::make_row(1, "fresh", "B"),
                   fakes::make_row(2, "blank", "C"), fakes::make_row(3, "unknown", "D")},
                  true);
  world.play();
  world.cache.start_new_run();
  world.sink.existing = {{.place = 0, .identifier = "A", .check_date = "04.01.2026 23:59"},
                         {.place = 1, .identifier = "B", .check_date = "05.01.2026 08:00"},
                         {.place = 2, .identifier = "C", .check_date = ""}};
  world.sink = [&] {
    fakes::Sink sink;
    sink.existing = world.sink.existing;
    return sink;
  }();
  world.play({.must_ask_overdue = true});
  EXPECT_EQ(world.llm.asked["old"], 2);
  EXPECT_EQ(world.llm.asked["fresh"], 1);
  EXPECT_EQ(world.llm.asked["blank"], 2);
  EXPECT_EQ(world.llm.asked["unknown"], 2) << "no check date at all";
}

TEST(Run, rows_without_identifier_are_skipped_and_take_no_place) {
  FileWorld world({fakes::make_row(0, "a", "A"), fakes::make_row(1, "b", " "), fakes::make_row(2, "c", "C")},
                  true);
  const RunResult result = world.play();
  EXPECT_EQ(result.counts.skipped, 1U);
  EXPECT_EQ(result.counts.judged, 2U);
  EXPECT_EQ(world.sink.places, 2U);
  EXPECT_EQ(world.sink.by_place.at(1).row.identifier, "C");
  EXPECT_EQ(world.watch.finished.size(), 3U) << "skipped rows are told of too";
}

TEST(Run, existing_rows_keep_their_place) {
  FileWorld world({fakes::make_row(0, "a", "A"), fakes::make_row(1, "b", "B")}, true);
  world.sink.existing = {{.place = 0, .identifier = "Z", .check_date = ""},
                         {.place = 1, .identifier = "B", .check_date = ""}};
  world.play();
  EXPECT_TRUE(world.sink.keep_existing);
  EXPECT_EQ(world.sink.places, 3U);
  EXPECT_EQ(world.sink.by_place.at(1).row.identifier, "B");
  EXPECT_EQ(world.sink.by_place.at(2).row.identifier, "A");
  EXPECT_FALSE(world.sink.by_place.contains(0));
}

TEST(Run, an_answer_is_kept_under_the_key_of_the_provider_that_gave_it) {
  FileWorld world(fakes::numbered_rows(1));
  world.keys = fakes::Keys({"primary", "second"});
  world.llm.provider = "second";
  world.play();
  std::vector<domain::AnswerKey> keys;
  world.keys.append_keys(fakes::make_row(0, "comment 0"), keys);
  EXPECT_FALSE(world.cache.answers.contains(keys[0]));
  EXPECT_TRUE(world.cache.answers.contains(keys[1]));
  world.sink = fakes::Sink();
  EXPECT_EQ(world.play().counts.cached, 1U) << "and found there by the next run";
}

TEST(Run, code_checks_make_a_verdict_stricter) {
  FileWorld world(fakes::numbered_rows(1));
  world.rulebook.allowed_statuses = {"Done"};
  world.play();
  EXPECT_FALSE(world.sink.by_place.at(0).verdict.is_valid);
  EXPECT_TRUE(world.sink.by_place.at(0).answer->verdict.is_valid)
      << "the answer itself stays as the model gave it";
}

TEST(Run, a_stop_finishes_what_is_in_flight_and_writes_what_there_is) {
  FileWorld world(fakes::numbered_rows(1000));
  int asked = 0;
  world.llm.on_asked = [&] {
    if (++asked == 30) world.stop.request();
  };
  const RunResult result = world.play({.workers = 10});
  EXPECT_TRUE(result.is_written);
  EXPECT_FALSE(result.is_complete());
  EXPECT_EQ(result.counts.judged, 30U);
  EXPECT_EQ(result.counts.finished(), 30U) << "rows that were not reached count as nothing yet";
  EXPECT_EQ(world.watch.finished.size(), 30U);
  EXPECT_EQ(world.cache.answers.size(), 30U) << "what was paid for is kept";
  ASSERT_EQ(world.sink.by_place.size(), 1000U) << "every row has its place";
  for (const auto& [place, outcome] : world.sink.by_place) {
    EXPECT_EQ(outcome.row.index, place);
    EXPECT_EQ(outcome.is_unreached, !outcome.has_verdict());
  }
  EXPECT_EQ(world.sink.by_place.at(999).reason, "Not checked yet: the run was stopped before");
}

TEST(Run, a_stop_leaves_earlier_rows_of_the_target_alone) {
  std::vector<domain::Row> rows;
  for (std::size_t i = 0; i < 100; ++i)
    rows.push_back(fakes::make_row(i, "c" + std::to_string(i), "P" + std::to_string(i)));
  FileWorld world(std::move(rows), true);
  world.sink.existing = {{.place = 0, .identifier = "P98", .check_date = ""},
                         {.place = 1, .identifier = "P0", .check_date = ""}};
  world.llm.on_asked = [&] { world.stop.request(); };
  const RunResult result = world.play({.workers = 1});
  EXPECT_TRUE(result.is_written);
  EXPECT_EQ(result.counts.judged, 1U);
  EXPECT_FALSE(world.sink.by_place.contains(0)) << "P98 was not reached: its earlier review stays";
  EXPECT_TRUE(world.sink.by_place.at(1).has_verdict());
  EXPECT_EQ(world.sink.by_place.size(), 99U);
}

TEST(Run, a_stop_does_not_replace_an_earlier_review_of_rows_without_identifiers) {
  FileWorld world(fakes::numbered_rows(100));
  world.sink.existing = {{.place = 0, .identifier = "", .check_date = "05.01.2026 08:00"}};
  world.llm.on_asked = [&] { world.stop.request(); };
  EXPECT_FALSE(world.play({.workers = 1}).is_written);
  EXPECT_FALSE(world.sink.is_finished);
}

TEST(Run, a_run_after_a_stop_ends_as_if_there_had_been_none) {
  FileWorld undisturbed(fakes::numbered_rows(300));
  undisturbed.play();
  FileWorld world(fakes::numbered_rows(300));
  int asked = 0;
  world.llm.on_asked = [&] {
    if (++asked == 100) world.stop.request();
  };
  world.play({.workers = 10});
  world.llm.on_asked = nullptr;
  world.stop = StopSignal();
  const RunResult second = world.play({.workers = 10});
  EXPECT_EQ(second.counts.cached, 100U);
  EXPECT_EQ(world.llm.total_asked(), 300);
  ASSERT_EQ(world.sink.by_place.size(), undisturbed.sink.by_place.size());
  for (const auto& [place, outcome] : undisturbed.sink.by_place) {
    EXPECT_EQ(world.sink.by_place.at(place).verdict, outcome.verdict);
    EXPECT_EQ(world.sink.by_place.at(place).row.index, outcome.row.index);
  }
}

TEST(Run, a_full_disk_stops_the_buying) {
  FileWorld world(fakes::numbered_rows(1000));
  world.cache.fails_commits = true;
  const RunResult result = world.play({.workers = 10});
  ASSERT_TRUE(result.error.has_value());
  EXPECT_EQ(result.error->message, "disk full");
  EXPECT_LE(world.llm.total_asked(), 20);
  EXPECT_TRUE(result.is_written) << "what was paid for is written, although it cannot be kept";
  EXPECT_EQ(result.counts.judged, static_cast<std::uint64_t>(world.llm.total_asked()));
  EXPECT_EQ(world.sink.by_place.size(), 1000U);
}

TEST(Run, a_sink_that_fails_stops_the_buying) {
  FileWorld world(fakes::numbered_rows(1000));
  world.sink.fails_put = true;
  const RunResult result = world.play({.workers = 10});
  ASSERT_TRUE(result.error.has_value());
  EXPECT_LE(world.llm.total_asked(), 30);
  EXPECT_FALSE(result.is_written);
}

TEST(Run, a_source_that_breaks_off_is_told_and_what_was_asked_is_kept) {
  FileWorld world(fakes::numbered_rows(1000));
  world.source.fails_after_rewind = 256;
  const RunResult result = world.play({.workers = 10});
  ASSERT_TRUE(result.error.has_value());
  EXPECT_EQ(result.error->message, "the disk went away");
  EXPECT_FALSE(world.sink.is_finished);
  EXPECT_EQ(world.cache.answers.size(), static_cast<std::size_t>(world.llm.total_asked()));
}

TEST(Run, when_all_is_in_vain_an_earlier_review_is_left_as_it_was) {
  FileWorld world(fakes::numbered_rows(2));
  world.llm.failures = {{"comment 0", ErrorKind::unauthorized}, {"comment 1", ErrorKind::unauthorized}};
  world.sink.existing = {{.place = 0, .identifier = "", .check_date = "05.01.2026 08:00"}};
  EXPECT_FALSE(world.play().is_written);
  EXPECT_FALSE(world.sink.is_finished);
}

TEST(Run, when_all_is_in_vain_a_new_review_says_why) {
  FileWorld world(fakes::numbered_rows(2));
  world.llm.failures = {{"comment 0", ErrorKind::unauthorized}, {"comment 1", ErrorKind::unauthorized}};
  const RunResult result = world.play();
  EXPECT_TRUE(result.is_written);
  EXPECT_EQ(result.counts.unjudged, 2U);
  EXPECT_EQ(world.sink.by_place.at(1).reason, "Not checked: the provider refused the key (primary: as told)");
}

TEST(Run, an_empty_source_is_no_error) {
  FileWorld world(std::vector<domain::Row>{});
  const RunResult result = world.play();
  EXPECT_EQ(result.rows, 0U);
  EXPECT_TRUE(result.is_written);
  EXPECT_EQ(world.llm.total_asked(), 0);
}

TEST(Run, flushes_are_no_larger_than_asked) {
  FileWorld world(fakes::numbered_rows(500));
  world.llm.latency = [](const domain::Row&) { return Duration::zero(); };
  world.sink.put_pace = {.enough = 1, .most = 10, .longest_wait = {}, .least_gap = {}};
  world.play({.workers = 100});
  EXPECT_LE(world.sink.largest_put, 10U);
  EXPECT_EQ(world.sink.by_place.size(), 500U);
}

}  // namespace
}  // namespace sv::engine
