// --max-cost, --max-requests, --max-time: a run that reaches its limit ends well and goes on with a higher
// one.
#include "e2e/program.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;

constexpr std::uint64_t kRows = 120;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Spending : public testing::Test {
 protected:
  Spending() {
    std::string sheet = "Project,Status,Comment\n";
    for (std::uint64_t i = 0; i < kRows; ++i) {
      sheet += "P" + std::to_string(i) + ",Done,\"Done: " + std::to_string(i) + ". Plan: none.\"\n";
    }
    directory_.write("statuses.csv", sheet);
    directory_.write("rules.md", "1. Say what is done.\n");
    directory_.write("prices.yaml",
                     "prices:\n  - model: m\n    input: 1\n    cached_input: 1\n    output: 1\n");
  }
  Finished job(const Words& more) const {
    Words words{
        "run",        "statuses.csv",        "--output",  "review.csv", "--rules", "rules.md", "--model", "m",
        "--base-url", simulator_.base_url(), "--workers", "20"};
    words.insert(words.end(), more.begin(), more.end());
    return run(directory_, words);
  }
  // At one dollar for a million tokens of any kind, in millionths of a dollar.
  std::uint64_t bill() const {
    return simulator_.ledger("billed.input") + simulator_.ledger("billed.output");
  }
  std::size_t verdicts() const {
    const auto review = read_csv(directory_.read("review.csv"));
    return static_cast<std::size_t>(
        std::ranges::count_if(review, [](const auto& row) { return row[5] == "YES" || row[5] == "NO"; }));
  }

  Simulator simulator_{{"--latency", "20ms", "--fault", "500=3%", "--fault", "reset=2%"}};
  Directory directory_;
};

TEST_F(Spending, a_run_ends_at_its_cost_and_goes_on_with_a_higher_one) {
  const Finished first = job({"--max-cost", "0.05", "--prices", "prices.yaml"});
  EXPECT_EQ(first.exit_code, 3) << first.err;
  EXPECT_TRUE(holds(first.err, "the limit of 0.05 USD is reached")) << first.err;
  EXPECT_TRUE(holds(first.err, "the others will cost about $")) << first.err;
  EXPECT_LE(bill(), 50'000U);
  EXPECT_GT(bill(), 30'000U) << "the limit is used too";
  EXPECT_EQ(read_csv(directory_.read("review.csv")).size(), kRows + 1) << "every row has its place";
  EXPECT_LT(verdicts(), kRows);
  EXPECT_TRUE(holds(run(directory_, {"status"}).out, "interrupted"));

  const Finished same = job({"--max-cost", "0.05", "--prices", "prices.yaml"});
  EXPECT_EQ(same.exit_code, 3);
  EXPECT_LE(bill(), 50'000U) << "it is the same run: what was spent before counts";

  const Finished second = job({"--max-cost", "5", "--prices", "prices.yaml"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(verdicts(), kRows);
  EXPECT_EQ(simulator_.answers_per_row().size(), kRows);
}

// Issue 6, acceptance line 2, over sockets: the bill of a run with a thousand in flight, faults and second
// requests stays below a cap of 40 %; with a higher cap all paid calls are the rows and the counted repeats.
TEST(SpendingOfMany, stays_below_the_cap_and_every_paid_call_is_a_row_or_a_counted_repeat) {
  constexpr std::uint64_t kMany = 3'000;
  const Simulator simulator({"--latency", "lognormal:median=300ms,p95=2s", "--fault", "500=3%", "--fault",
                             "reset=2%", "--fault", "invalid-json=2%"});
  const Directory directory;
  std::string sheet = "Project,Status,Comment\n";
  for (std::uint64_t i = 0; i < kMany; ++i) {
    sheet += "P" + std::to_string(i) + ",Done,\"Done: " + std::to_string(i) + ". Plan: none.\"\n";
  }
  directory.write("statuses.csv", sheet);
  directory.write("rules.md", "1. Say what is done.\n");
  directory.write("prices.yaml", "prices:\n  - model: m\n    input: 1\n    cached_input: 1\n    output: 1\n");
  const auto job = [&](const std::string& cap) {
    return run(directory, {"run", "statuses.csv", "--output", "review.csv", "--rules", "rules.md", "--model",
                           "m", "--base-url", simulator.base_url(), "--workers", "1000", "--prices",
                           "prices.yaml", "--max-cost", cap, "--json"});
  };
  const auto bill = [&] { return simulator.ledger("billed.input") + simulator.ledger("billed.output"); };
  const Finished first = job("1.5");
  EXPECT_EQ(first.exit_code, 3) << first.err;
  EXPECT_LE(bill(), 1'500'000U);
  EXPECT_GT(bill(), 1'200'000U) << "the limit is used too";
  const Finished second = job("50");
  EXPECT_EQ(second.exit_code, 0) << second.err;
  const std::uint64_t requests =
      figure(last_line(first.out), "requests") + figure(last_line(second.out), "requests");
  // One that was given up at once, because the other of two was quicker, may never have got there.
  const std::uint64_t cancelled =
      figure(last_line(first.out), "cancelled") + figure(last_line(second.out), "cancelled");
  EXPECT_LE(simulator.ledger("requests"), requests) << "every call is counted";
  EXPECT_GE(simulator.ledger("requests") + cancelled, requests);
  const std::string status = last_line(run(directory, {"status", "--json"}).out);
  EXPECT_EQ(figure(status, "requests"), requests) << "and in the journal: " << status;
  EXPECT_EQ(figure(status, "open_requests"), 0U);
  // Paid for are verdicts and replies that are none. The repeats: after the latter, and second requests about
  // late rows, when both were answered.
  const std::uint64_t hedges =
      figure(last_line(first.out), "hedges") + figure(last_line(second.out), "hedges");
  EXPECT_EQ(simulator.ledger("rows.distinct"), kMany);
  EXPECT_GT(hedges, 0U) << "what the test is about";
  EXPECT_LE(simulator.ledger("rows.answered_again"), hedges);
  // Both are counted by us as by the provider, but for what was given up while its reply was on the way.
  const std::uint64_t unusable = figure(last_line(first.out), "errors.invalid_reply") +
                                 figure(last_line(second.out), "errors.invalid_reply");
  EXPECT_LE(unusable, simulator.ledger("by_fault.invalid-json"));
  EXPECT_GE(unusable + cancelled, simulator.ledger("by_fault.invalid-json"));
  EXPECT_EQ(simulator.ledger("by_status.200"),
            kMany + simulator.ledger("rows.answered_again") + simulator.ledger("by_fault.invalid-json"));
}

TEST_F(Spending, without_a_price_money_cannot_be_limited) {
  const Finished finished = job({"--max-cost", "0.05"});
  EXPECT_EQ(finished.exit_code, 78);
  EXPECT_TRUE(holds(finished.err, "the price of m is not known")) << finished.err;
  EXPECT_EQ(simulator_.ledger("requests"), 0U);
}

TEST_F(Spending, requests_are_limited_to_the_last_one) {
  const Finished finished = job({"--max-requests", "50"});
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_EQ(simulator_.ledger("requests"), 50U);
  EXPECT_TRUE(holds(finished.err, "the limit of 50 requests is reached")) << finished.err;
}

TEST_F(Spending, time_is_limited_and_what_is_in_flight_is_awaited) {
  const Simulator slow({"--latency", "700ms"});
  const Finished finished =
      run(directory_, {"run", "statuses.csv", "--output", "review.csv", "--rules", "rules.md", "--model", "m",
                       "--base-url", slow.base_url(), "--workers", "2", "--max-time", "1"});
  EXPECT_EQ(finished.exit_code, 3) << finished.err;
  EXPECT_TRUE(holds(finished.err, "the limit of 1 s is reached")) << finished.err;
  EXPECT_EQ(slow.ledger("requests"), slow.ledger("verdicts")) << "nothing was cut off";
  EXPECT_EQ(verdicts(), slow.ledger("verdicts"));
}

TEST_F(Spending, a_limit_that_is_none_is_refused) {
  EXPECT_EQ(job({"--max-cost", "0"}).exit_code, 64);
  EXPECT_EQ(job({"--max-cost", "much"}).exit_code, 64);
  EXPECT_EQ(job({"--max-requests", "0"}).exit_code, 64);
  EXPECT_EQ(job({"--max-time", "0"}).exit_code, 64);
}

// Flex: a part of the requests is refused and asked at the default tier; each is billed at its own price.
TEST(Flex, costs_half_and_goes_back_to_the_default_tier_where_there_is_no_room) {
  const Simulator simulator({"--flex-unavailable-every", "20", "--latency", "5ms"});
  const Directory directory;
  std::string sheet = "Project,Status,Comment\n";
  for (int i = 0; i < 60; ++i) sheet += "P" + std::to_string(i) + ",Done,Done: " + std::to_string(i) + "\n";
  directory.write("statuses.csv", sheet);
  directory.write("rules.md", "1. Say what is done.\n");
  directory.write(
      "prices.yaml",
      "prices:\n  - model: gpt-4o-mini\n    input: 0.15\n    cached_input: 0.075\n    output: 0.6\n");
  directory.write(
      "config.yaml",
      "source: statuses.csv\ntarget: review.csv\nrules_file: rules.md\nprices_file: prices.yaml\nllm:\n"
      "  max_workers: 1\n  providers:\n    1: {name: p, model: gpt-4o-mini, service_tier: flex, base_url: "
      "\"" +
          simulator.base_url() + "\", api_key_env: OPENAI_API_KEY}\n");
  const Finished finished = run(directory, {"--config", "config.yaml", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_NE(finished.err.find("at the flex price"), std::string::npos) << finished.err;
  const std::string summary = last_line(finished.out);
  EXPECT_EQ(figure(summary, "judged"), 60U);
  // Nineteen, then one is refused, and a run of seconds does not try again.
  EXPECT_EQ(figure(summary, "flex_requests"), 19U) << summary;
  EXPECT_EQ(simulator.ledger("flex_answers"), 19U);
  EXPECT_EQ(simulator.ledger("requests"), 61U);
  const boost::json::value ledger = boost::json::parse(simulator.request("GET", "/_ledger"));
  const double bill = ledger.at("bill").at("online").at("USD").to_number<double>();
  const boost::json::value told = boost::json::parse(summary);
  EXPECT_NEAR(told.at("cost").at("USD").to_number<double>(), bill, 1e-9) << summary;
}

}  // namespace
}  // namespace sv::e2e
