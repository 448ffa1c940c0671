// `--metrics-file` as Prometheus' node_exporter finds it.
#include "e2e/program.hpp"
#include "metrics/prometheus_lines.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;
using metrics::lint_prometheus;
using metrics::sum_of;

class MetricsFile : public testing::Test {
 protected:
  void given(std::size_t rows) {
    std::string text = "Status,Comment\n";
    for (std::size_t i = 0; i < rows; ++i) text += "Done,\"Done: " + std::to_string(i) + ". Plan: none.\"\n";
    directory_.write("statuses.csv", text);
    directory_.write("rules.md", "1. Say what is done.\n");
  }
  static Words job(const Simulator& simulator, Words more) {
    Words words{"run",      "statuses.csv", "--output",  "review.csv", "--rules",
                "rules.md", "--model",      "simulated", "--base-url", simulator.base_url()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Directory directory_;
};

TEST_F(MetricsFile, holds_the_figures_that_the_server_and_the_summary_have) {
  constexpr std::size_t kRows = 200;
  Simulator simulator({"--latency", "5ms", "--seed", "7", "--fault", "500=10%"});
  given(kRows);
  const Words words = job(simulator, {"--workers", "20", "--json", "--metrics-file", "run.prom"});
  const Finished finished = run(directory_, words);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const std::string summary = last_line(finished.out);
  auto samples = lint_prometheus(directory_.read("run.prom"));
  EXPECT_EQ(samples["statusvalidator_rows_total{outcome=\"judged\"}"], kRows);
  EXPECT_EQ(sum_of(samples, "statusvalidator_rows_total"), kRows);
  EXPECT_EQ(sum_of(samples, "statusvalidator_llm_requests_total"), simulator.ledger("requests"));
  EXPECT_EQ(samples["statusvalidator_llm_request_duration_seconds_count"], kRows);
  EXPECT_GE(samples["statusvalidator_llm_request_duration_seconds_sum"], 0.005 * kRows);
  EXPECT_GT(simulator.ledger("by_fault.500"), 0U) << "the faults took place";
  EXPECT_EQ(samples["statusvalidator_retries_total{reason=\"server_error\"}"],
            simulator.ledger("by_fault.500"));
  EXPECT_EQ(sum_of(samples, "statusvalidator_llm_tokens_total"),
            figure(summary, "tokens.input") + figure(summary, "tokens.output"));
  EXPECT_EQ(samples["statusvalidator_llm_in_flight"], 0);
  EXPECT_GT(samples["statusvalidator_run_duration_seconds"], 0);
  EXPECT_EQ(sum_of(samples, "statusvalidator_build_info"), 1);
  struct stat status{};
  ASSERT_EQ(::stat(directory_.file("run.prom").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);

  ASSERT_EQ(run(directory_, words).exit_code, 0);
  samples = lint_prometheus(directory_.read("run.prom"));
  EXPECT_EQ(samples["statusvalidator_cache_hits_total"], kRows) << "the second run's figures alone";
  EXPECT_EQ(sum_of(samples, "statusvalidator_rows_total"), kRows);
  EXPECT_EQ(sum_of(samples, "statusvalidator_llm_requests_total"), 0);
}

TEST_F(MetricsFile, is_there_while_the_run_goes_on) {
  Simulator simulator({"--latency", "60s"});
  given(3);
  Process process(job(simulator, {"--metrics-file", "run.prom"}), directory_.path(),
                  {{"OPENAI_API_KEY", "sk-test-0123456789abcdef"}});
  simulator.wait_until("in_flight.max", 1);
  const auto samples = lint_prometheus(directory_.read("run.prom"));
  EXPECT_EQ(sum_of(samples, "statusvalidator_rows_total"), 0);
}

TEST_F(MetricsFile, that_cannot_be_written_is_a_warning_and_not_the_end) {
  Simulator simulator({"--latency", "300ms"});
  given(4);
  std::filesystem::create_directory(directory_.file("figures"));
  Process process(job(simulator, {"--workers", "1", "--metrics-file", "figures/run.prom"}), directory_.path(),
                  {{"OPENAI_API_KEY", "sk-test-0123456789abcdef"}});
  simulator.wait_until("in_flight.max", 1);
  std::filesystem::remove_all(directory_.file("figures"));
  const Finished finished = process.wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const std::size_t told = finished.err.find("cannot write the metrics file figures/run.prom");
  ASSERT_NE(told, std::string::npos) << finished.err;
  EXPECT_EQ(finished.err.find("cannot write the metrics file", told + 1), std::string::npos) << "once";
  EXPECT_EQ(read_csv(directory_.read("review.csv")).size(), 5U);
}

TEST_F(MetricsFile, a_place_that_cannot_be_right_is_told_before_anything_is_paid) {
  Simulator simulator;
  given(2);
  const std::string sheet = directory_.read("statuses.csv");
  for (const auto& [file, said] : std::vector<std::pair<std::string, std::string>>{
           {"nowhere/run.prom", "no directory nowhere: create it"},
           {".", "does not name a file"},
           {"figures/", "does not name a file"},
           {"./statuses.csv", "a file of the run itself"},
           {"review.csv", "a file of the run itself"},
           {"/dev/null", "not a regular file"}}) {
    const Finished finished = run(directory_, job(simulator, {"--metrics-file=" + file}));
    EXPECT_EQ(finished.exit_code, 64) << file << ": " << finished.err;
    EXPECT_NE(finished.err.find(said), std::string::npos) << file << ": " << finished.err;
  }
  EXPECT_EQ(simulator.ledger("requests"), 0U);
  EXPECT_EQ(directory_.read("statuses.csv"), sheet);
}

}  // namespace
}  // namespace sv::e2e
