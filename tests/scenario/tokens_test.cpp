// Issue 3, acceptance line 2: a limit on LLM tokens, rows half Russian and half English, in virtual time.
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kTokensPerMinute = 200'000;

// Sanitizers take ten times as long, and look for other things.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t kSeeds = 1;
constexpr std::uint64_t kRows = 600;
#else
constexpr std::uint64_t kSeeds = 5;
constexpr std::uint64_t kRows = 3'000;
#endif
// The figures are medians of five seeds over rows enough; one short run has others.
constexpr bool kAreFiguresChecked = kSeeds >= 5;
// Asked by issue 3.
constexpr double kLeastUsed = 0.97;
constexpr double kMostRefused = 2;  // 429s per 1,000 rows

struct Case {
  std::string name;
  bool is_limit_given = false;
  sim::LimitHeaders headers = sim::LimitHeaders::enforced;
  std::uint64_t rpm = 0;
  sim::Dialect dialect = sim::Dialect::openai;
  double least_used = kLeastUsed;
  double most_refused = kMostRefused;
};
void PrintTo(const Case& of, std::ostream* out) { *out << of.name; }

struct Result {
  double used = 0;
  double refused_per_thousand = 0;
  bool is_complete = false;
  double seconds = 0;
};

// Lognormal latency, median 3 s, sigma 0.5 (pacing.md section 3), as in cli/limiter_trial.
Result play_seed(const Case& of, std::uint64_t seed) {
  sim::LlmOptions model;
  model.latency = sim::Latency::lognormal(3s, 6'828ms);
  model.seed = seed;
  model.tpm = kTokensPerMinute;
  model.rpm = of.rpm;
  model.limit_headers = of.headers;
  model.dialect = of.dialect;
  SimulatedRunOptions options;
  options.llm = simulated_settings();
  if (of.is_limit_given) options.llm.providers.front().tpm = kTokensPerMinute;
  options.models.push_back(model);
  options.rows = kRows;
  options.seed = seed;
  options.network.seed = seed;
  options.starts_at = (13'700ms * seed) % 60s;
  const SimulatedRun run = play(options);
  const sim::Ledger& ledger = run.models.front()->ledger();
  if (!ledger.charges()) return {};
  const sim::Ledger::Charges charges = *ledger.charges();
  // The most that the provider could have let through from the first request to the last: its bucket, which
  // is full at the start, and what flowed into it since.
  const double minutes = to_seconds(charges.last_at - charges.first_at) / 60;
  const double most = kTokensPerMinute * (1 + minutes);
  return {.used = static_cast<double>(charges.tokens) / most,
          .refused_per_thousand =
              1000.0 * static_cast<double>(ledger.count_status(429)) / static_cast<double>(kRows),
          .is_complete = run.result.counts.judged == kRows && ledger.rows_answered_again() == 0,
          .seconds = to_seconds(run.makespan)};
}

class TokensPerMinute : public testing::TestWithParam<Case> {};

TEST_P(TokensPerMinute, are_used_with_hardly_any_429) {
  std::vector<double> used;
  std::vector<double> refused;
  std::vector<double> seconds;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Result result = play_seed(GetParam(), seed);
    EXPECT_TRUE(result.is_complete) << "seed " << seed;
    EXPECT_LE(result.used, 1.0) << "the simulator lets nobody have more";
    used.push_back(result.used);
    refused.push_back(result.refused_per_thousand);
    seconds.push_back(result.seconds);
  }
  std::ranges::sort(used);
  std::ranges::sort(refused);
  std::ranges::sort(seconds);
  std::printf("%-22s used %.1f %% (%.1f to %.1f), %.1f 429s per 1,000 rows (at most %.1f), %.0f s\n",
              GetParam().name.c_str(), 100 * used[used.size() / 2], 100 * used.front(), 100 * used.back(),
              refused[refused.size() / 2], refused.back(), seconds[seconds.size() / 2]);
  if (!kAreFiguresChecked) return;
  EXPECT_GE(used[used.size() / 2], GetParam().least_used);
  EXPECT_LE(refused[refused.size() / 2], GetParam().most_refused);
}

std::vector<Case> cases() {
  const Case told{.name = "told"};
  const Case told_with_requests{.name = "told_with_requests", .rpm = 5'000};
  const Case given{.name = "given", .is_limit_given = true};
  // Issue 3 asks nothing here. The provider reckons characters / 4, fewer than the tokens of Russian text;
  // who does not tell what is left is taken to count the tokens themselves. (With the learnt completion cap
  // rows are charged less, so a run of the same length has used less: 77 % now, 79 % before; 1,110 s both.)
  Case given_only = given;
  given_only.name = "given_and_not_told";
  given_only.headers = sim::LimitHeaders::none;
  given_only.least_used = 0.76;
  Case refusals = told;
  refusals.name = "told_by_refusals";
  refusals.headers = sim::LimitHeaders::none;
  refusals.least_used = 0.81;
  refusals.most_refused = 12;
  // Its refusals name no limit: what remains is the pace of requests.
  Case silent = refusals;
  silent.name = "silent";
  silent.dialect = sim::Dialect::azure;
  silent.least_used = 0.92;
  return {told, told_with_requests, given, given_only, refusals, silent};
}

INSTANTIATE_TEST_SUITE_P(Limits, TokensPerMinute, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sv::cli
