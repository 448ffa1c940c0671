// `--metrics-listen` as Prometheus finds it.
#include "e2e/program.hpp"
#include "metrics/prometheus_lines.hpp"
#include "sim/raw_client.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;
using metrics::lint_prometheus;
using metrics::sum_of;
using sim::testing::RawClient;
using sim::testing::RawReply;

const std::map<std::string, std::string> kKey = {{"OPENAI_API_KEY", "sk-test-0123456789abcdef"}};

class MetricsListen : public testing::Test {
 protected:
  void SetUp() override {
    directory_.write("statuses.csv",
                     "Status,Comment\nDone,Done: 1. Plan: none.\nDone,Done: 2. Plan: none.\n");
    directory_.write("rules.md", "1. Say what is done.\n");
  }
  static Words job(const Simulator& simulator, const std::string& listen) {
    return {"run",     "statuses.csv", "--output",   "review.csv",         "--rules",          "rules.md",
            "--model", "simulated",    "--base-url", simulator.base_url(), "--metrics-listen", listen};
  }
  // From what the program says; it is said before the first request.
  static std::uint16_t told_port(const Process& process) {
    const std::string said = process.err();
    const std::string before = "metrics on http://127.0.0.1:";
    const std::size_t at = said.find(before);
    EXPECT_NE(at, std::string::npos) << said;
    if (at == std::string::npos) return 0;
    return static_cast<std::uint16_t>(std::atoi(said.c_str() + at + before.size()));
  }
  Directory directory_;
};

TEST_F(MetricsListen, gives_the_figures_while_the_run_goes_on_and_ends_with_it) {
  Simulator simulator({"--latency", "2s"});
  Process process(job(simulator, "0"), directory_.path(), kKey);
  simulator.wait_until("in_flight.max", 2);
  const std::uint16_t port = told_port(process);
  const RawReply reply = RawClient(port).ask(RawClient::get("/metrics"));
  ASSERT_EQ(reply.status, 200);
  const auto samples = lint_prometheus(reply.body);
  EXPECT_EQ(sum_of(samples, "statusvalidator_llm_in_flight"), 2);
  EXPECT_EQ(sum_of(samples, "statusvalidator_rows_total"), 0);
  EXPECT_EQ(RawClient(port).ask(RawClient::get("/")).status, 404);
  const RawClient silent(port);  // must not keep the run from ending
  const Finished finished = process.wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_FALSE(RawClient(port).is_connected());
}

TEST_F(MetricsListen, what_cannot_be_listened_on_is_told_before_anything_is_paid) {
  Simulator simulator({"--latency", "60s"});
  Process first(job(simulator, "0"), directory_.path(), kKey);
  simulator.wait_until("in_flight.max", 2);
  simulator.reset();
  const std::string taken = std::to_string(told_port(first));
  const Directory other;
  other.write("statuses.csv", directory_.read("statuses.csv"));
  other.write("rules.md", directory_.read("rules.md"));
  Finished finished = run(other, job(simulator, taken));
  EXPECT_EQ(finished.exit_code, 69) << finished.err;
  EXPECT_NE(finished.err.find("cannot listen on http://127.0.0.1:" + taken), std::string::npos)
      << finished.err;
  finished = run(other, job(simulator, "localhost"));
  EXPECT_EQ(finished.exit_code, 64) << finished.err;
  EXPECT_NE(finished.err.find("--metrics-listen: must be PORT or ADDRESS:PORT"), std::string::npos)
      << finished.err;
  EXPECT_EQ(simulator.ledger("requests"), 0U);
  EXPECT_FALSE(other.has("review.csv"));
}

}  // namespace
}  // namespace sv::e2e
