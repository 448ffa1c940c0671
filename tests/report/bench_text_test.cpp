#include "report/bench_text.hpp"

#include "support/golden.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <string>

namespace sv::report {
namespace {

using namespace std::chrono_literals;

BenchReport sample() {
  BenchReport report;
  report.seeds = 3;
  report.founding_latency = 3s;
  report.founding = {{.rows = 10, .workers = 1, .makespan = 30s, .speed_up = 1},
                     {.rows = 10, .workers = 10, .makespan = 3s, .speed_up = 10},
                     {.rows = 100, .workers = 1, .makespan = 300s, .speed_up = 1},
                     {.rows = 100, .workers = 10, .makespan = 30'250ms, .speed_up = 9.917}};
  report.socket_latency = 100ms;
  report.sockets = {
      {.rows = 10, .workers = 1, .in_virtual_time = 1s, .over_sockets = 1'050ms},
      {.rows = 100, .workers = 10, .in_virtual_time = 1s, .over_sockets = 1'100ms},
  };
  report.workers_rows = 1'000;
  report.workers_latency = 200ms;
  report.workers = {{.workers = 3, .makespan_over_ideal = 1.002},
                    {.workers = 1'000, .makespan_over_ideal = 1}};
  report.mixture = "mixture:90%=200ms,10%=2s";
  report.mixture_cell = {.workers = 10, .makespan_over_ideal = 1.0123};
  report.limiters.push_back({.rpm = 500,
                             .rows = 3'000,
                             .cells = {{"bucket60", "headers", 1.0142, 0},
                                       {"win1", "headers", 1.01, 0.333},
                                       {"bucket60", "none", 1.02, 2.3},
                                       {"win1", "none", 1.011, 12.34}}});
  report.limiters.push_back({.rpm = 5'000, .rows = 20'000, .cells = {{"win60", "headers", 1.2, 0.05}}});
  report.tail = {{.rows = 3'000,
                  .rpm = 4'800,
                  .median_latency = 3s,
                  .without = 104'500ms,
                  .with = 48'700ms,
                  .extra = 0.0171},
                 {.is_over_sockets = true,
                  .rows = 400,
                  .rpm = 12'000,
                  .median_latency = 200ms,
                  .without = 7'100ms,
                  .with = 4'200ms,
                  .extra = 0.01}};
  report.peers = {{.client = "a script", .limiter = "bucket60", .makespan_over_ideal = 6.66},
                  {.client = "a script", .limiter = "win1", .makespan_over_ideal = 15, .is_more = true}};
  return report;
}

TEST(BenchText, tables_read_as_agreed) {
  support::expect_golden("report/golden/bench.txt", render_bench(sample()));
}

TEST(BenchText, no_line_is_longer_than_100_columns) {
  std::istringstream lines(render_bench(sample()));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST(BenchText, what_was_not_played_is_left_out) {
  BenchReport report = sample();
  report.sockets.clear();
  report.peers.clear();
  const std::string text = render_bench(report);
  EXPECT_EQ(text.find("Cross-check"), std::string::npos);
  EXPECT_EQ(text.find("other ways to work"), std::string::npos);
}

TEST(BenchText, a_faulty_run_is_told) {
  BenchReport report = sample();
  EXPECT_EQ(render_bench(report).find("unjudged"), std::string::npos);
  report.faulty_runs = 2;
  EXPECT_NE(render_bench(report).find("\n2 run(s) left a row unjudged"), std::string::npos);
}

TEST(BenchJson, is_one_line_with_the_same_figures) {
  const std::string json = bench_json(sample());
  EXPECT_EQ(json.find('\n'), std::string::npos);
  const boost::json::value parsed = boost::json::parse(json);
  EXPECT_EQ(parsed.at("type"), "bench");
  EXPECT_EQ(parsed.at("simulated"), true);
  EXPECT_EQ(parsed.at("seeds"), 3);
  const auto number = [&](const char* pointer) { return parsed.at_pointer(pointer).to_number<double>(); };
  EXPECT_EQ(number("/founding/latency_ms"), 3'000);
  EXPECT_EQ(number("/founding/cells/3/rows"), 100);
  EXPECT_EQ(number("/founding/cells/3/makespan_ms"), 30'250);
  EXPECT_DOUBLE_EQ(number("/founding/cells/3/speed_up"), 9.917);
  EXPECT_EQ(number("/sockets/cells/1/over_sockets_ms"), 1'100);
  EXPECT_DOUBLE_EQ(number("/sockets/cells/1/ratio"), 1.1);
  EXPECT_DOUBLE_EQ(number("/workers/cells/0/makespan_over_ideal"), 1.002);
  EXPECT_DOUBLE_EQ(number("/mixture/makespan_over_ideal"), 1.0123);
  EXPECT_EQ(parsed.at_pointer("/limiters/0/cells/3/limiter"), "win1");
  EXPECT_DOUBLE_EQ(number("/limiters/0/cells/3/refused_per_thousand"), 12.34);
  EXPECT_EQ(number("/limiters/1/rpm"), 5'000);
  EXPECT_DOUBLE_EQ(number("/peers/0/makespan_over_ideal"), 6.66);
  EXPECT_EQ(number("/peers/1/given_up_at"), 15);
  EXPECT_EQ(number("/faulty_runs"), 0);
}

}  // namespace
}  // namespace sv::report
