#include "llm/usage_history.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

TEST(UsageHistory, counts_what_unusable_replies_cost_to_the_answers) {
  UsageHistory history;
  history.note({.input = 100, .cached_input = 60, .output = 10}, 2s, false);
  history.note({.input = 100, .cached_input = 60, .output = 30}, 4s, true);
  history.note({}, 9s, false);  // a refusal at the door is not billed
  EXPECT_EQ(history.answers, 1U);
  EXPECT_EQ(history.requests, 2U);
  EXPECT_EQ(history.usage.output, 40U);
  EXPECT_EQ(history.latency, 4s);
  const auto back = UsageHistory::decode(history.encode());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->answers, 1U);
  EXPECT_EQ(back->requests, 2U);
  EXPECT_EQ(back->usage, history.usage);
  EXPECT_EQ(back->latency, 4s);
}

TEST(UsageHistory, old_answers_count_less) {
  UsageHistory history;
  for (std::uint64_t i = 0; i < UsageHistory::kMostAnswers; ++i)
    history.note({.input = 10, .output = 100}, 1s, true);
  for (std::uint64_t i = 0; i < UsageHistory::kMostAnswers; ++i)
    history.note({.input = 10, .output = 200}, 2s, true);
  EXPECT_LE(history.answers, UsageHistory::kMostAnswers);
  EXPECT_GT(history.usage.output / history.answers, 160U);
}

TEST(UsageHistory, nonsense_is_not_read) {
  for (const char* text : {"", "1", "1 2 3", "2 1 1 1 1 1 1", "1 5 4 10 0 1 1", "1 1 1 10 11 1 1",
                           "1 1 1 1 0 1 1 1", "1 -1 1 1 0 1 1", "1 1 1 99999999999999999999 0 1 1"}) {
    EXPECT_FALSE(UsageHistory::decode(text).has_value()) << text;
  }
}

RC_GTEST_PROP(UsageHistoryProperty, any_text_is_read_or_refused, (const std::string& text)) {
  static_cast<void>(UsageHistory::decode(text));
}

}  // namespace
}  // namespace sv::llm
