#include "report/run_list.hpp"

#include "support/golden.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <vector>

namespace sv::report {
namespace {

using namespace std::chrono_literals;

ports::RunRecord run_of(const std::string& id, const std::string& target) {
  ports::RunRecord run;
  run.path = "cache.sqlite-runs/6f1d03aa51c7e290-" + id + ".journal";
  run.run_id = id;
  run.started_at = WallTime(1'795'600'000'000ms);
  run.source = "statuses.csv";
  run.target = target;
  run.processes = 1;
  run.rows = 666;
  return run;
}

std::vector<ports::RunRecord> samples() {
  ports::RunRecord working = run_of("20261125-093000-1f0c9a2b", "review.csv");
  working.holder = "process 812 on pm1 since 2026-11-25 09:30:00 UTC";
  working.requests = 40;
  working.answers = 30;
  working.progress = {.judged = 30, .cached = 300, .written = 320};
  ports::RunRecord killed = run_of("20261124-093000-00000001", "отчёт\x1b[31m.csv");
  killed.processes = 2;
  killed.progress = {.judged = 10, .skipped = 1};
  killed.requests = 20;
  killed.answers = 10;
  killed.failures = 4;
  killed.cost.add(domain::Money(4'200'000'000, {}));
  killed.damaged_lines = 1;
  killed.last_batch = 4;
  killed.batch_rows = 1'200;
  killed.open_batches = {{.part = 1, .batch_id = "batch_1", .keys = {"00", "01"}},
                         {.part = 2, .batch_id = "batch_2", .keys = {"02"}}};
  ports::RunRecord unjudged = run_of("20261123-093000-00000002", "week 47.csv");
  unjudged.end = ports::RunEnd::finished;
  unjudged.ended_at = WallTime(1'795'600'060'000ms);
  unjudged.progress = {.judged = 660, .unjudged = 6, .written = 666};
  unjudged.requests = 700;
  unjudged.answers = 660;
  unjudged.failures = 40;
  ports::RunRecord earlier = run_of("20261122-093000-00000003", "week 47.csv");
  earlier.end = ports::RunEnd::interrupted;
  ports::RunRecord dry = run_of("20261121-093000-00000004", "");
  dry.end = ports::RunEnd::failed;
  return {working, killed, unjudged, earlier, dry};
}

class RunList : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("TZ", "UTC", 1);  // NOLINT(concurrency-mt-unsafe): no other thread
    ::tzset();
  }
};

TEST_F(RunList, shows_what_each_run_is_at_and_what_can_be_done) {
  support::expect_golden("report/golden/run_list.txt", render_runs(samples()));
  support::expect_golden("report/golden/run_list_ru.txt",
                         render_runs(samples(), words::phrasebook_of(domain::Language::russian)));
}

TEST_F(RunList, shows_one_run_in_full) {
  std::string text;
  std::string russian;
  for (const ports::RunRecord& run : samples()) {
    text += render_run(run) + "----\n";
    russian += render_run(run, words::phrasebook_of(domain::Language::russian)) + "----\n";
  }
  support::expect_golden("report/golden/run_ru.txt", russian);
  support::expect_golden("report/golden/run.txt", text);
}

TEST_F(RunList, is_read_by_programs_too) {
  support::expect_golden("report/golden/run_list.jsonl", runs_json(samples()));
}

TEST_F(RunList, no_runs_are_said_to_be_none) { EXPECT_EQ(render_runs({}), "no runs yet\n"); }

TEST_F(RunList, a_run_in_which_every_row_has_its_outcome_misses_those_without_a_verdict) {
  EXPECT_EQ(missing_rows(samples()[2]), 6U);
  ports::RunRecord odd = samples()[2];
  odd.rows = 3;  // of a damaged journal
  EXPECT_EQ(missing_rows(odd), 0U);
}

}  // namespace
}  // namespace sv::report
