// Issue 3, acceptance line 1: every limiter, no configuration but the key, in virtual time.
#include "cli/limiter_trial.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <ostream>
#include <string>
#include <vector>

namespace sv::cli {
namespace {

using sim::LimiterKind;
using sim::LimitHeaders;

// Sanitizers take ten times as long, and look for other things.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::uint64_t kSeeds = 1;
#else
constexpr std::uint64_t kSeeds = 5;
#endif
// The figures are medians of five seeds over rows enough; one short run has others.
constexpr bool kAreFiguresChecked = kSeeds >= 5;

struct Case {
  LimiterTrial trial;
  double most_makespan = 0;  // over the ideal
  double most_refused = 0;   // per 1,000 rows
};
void PrintTo(const Case& of, std::ostream* out) { *out << of.trial.name; }

struct Kind {
  const char* name;
  LimiterKind kind;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& [rows, rpm] : {std::pair<std::uint64_t, std::uint64_t>{3'000, 500}, {20'000, 5'000}}) {
    for (const Kind& kind : {Kind{"bucket60", LimiterKind::bucket60}, Kind{"bucket1", LimiterKind::bucket1},
                             Kind{"win1", LimiterKind::win1}, Kind{"win10", LimiterKind::win10},
                             Kind{"win60", LimiterKind::win60}}) {
      const bool is_window = kind.kind != LimiterKind::bucket60 && kind.kind != LimiterKind::bucket1;
      for (const auto& [told, headers, dialect] :
           {std::tuple{"own", LimitHeaders::enforced, sim::Dialect::openai},
            std::tuple{"minute", LimitHeaders::minute, sim::Dialect::openai},
            std::tuple{"text", LimitHeaders::none, sim::Dialect::openai},
            std::tuple{"silent", LimitHeaders::none, sim::Dialect::azure}}) {
        for (const bool counts : {false, true}) {
          Case made;
          made.trial.name =
              std::string(kind.name) + "_" + told + (counts ? "_counted_" : "_") + std::to_string(rpm);
          made.trial.limiter = kind.kind;
          made.trial.headers = headers;
          made.trial.dialect = dialect;
          made.trial.rejects_count = counts;
          made.trial.rpm = rpm;
          made.trial.rows = rows;
          const bool is_silent = headers == LimitHeaders::none;
          made.most_makespan = is_silent ? 1.08 : 1.03;
          made.most_refused = is_silent ? 12 : is_window ? 9 : 2;
          if (kind.kind == LimiterKind::bucket60 && rpm == 5'000 && !is_silent) made.most_makespan = 1.06;
          if (kind.kind == LimiterKind::win60) {
            made.most_makespan = headers == LimitHeaders::enforced ? 1.10 : 1.22;
          }
          all.push_back(made);
        }
      }
    }
  }
  return all;
}

class Limiters : public testing::TestWithParam<Case> {};

TEST_P(Limiters, are_used_with_hardly_any_429) {
  const Case& of = GetParam();
  const LimiterResult result = median_trial(of.trial, kSeeds);
  std::printf("%-30s %.3f (%.2f) %6.1f (%.0f)%s\n", of.trial.name.c_str(), result.makespan_over_ideal,
              of.most_makespan, result.refused_per_thousand, of.most_refused,
              result.makespan_over_ideal > of.most_makespan || result.refused_per_thousand > of.most_refused
                  ? " <--"
                  : "");
  EXPECT_TRUE(result.is_complete);
  if (!kAreFiguresChecked) return;
  EXPECT_LE(result.makespan_over_ideal, of.most_makespan);
  EXPECT_LE(result.refused_per_thousand, of.most_refused);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Limiters, testing::ValuesIn(cases()),
                         [](const auto& info) { return info.param.trial.name; });

}  // namespace
}  // namespace sv::cli
