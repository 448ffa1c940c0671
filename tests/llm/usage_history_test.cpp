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

TEST(UsageHistory, the_longest_answer_tells_how_much_room_is_needed) {
  UsageHistory history;
  for (std::uint64_t i = 0; i < UsageHistory::kAnswersForCap; ++i) {
    EXPECT_FALSE(history.learnt_completion_cap(0)) << "after " << i;
    history.note({.input = 10, .output = 60 + i}, 1s, true);
  }
  EXPECT_EQ(history.learnt_completion_cap(0), 256U) << "twice 109, rounded up to the next 128";
  EXPECT_EQ(history.learnt_completion_cap(1'000), 1'280U) << "room for a rewrite of a long row";
  history.note({.input = 10, .output = 5'000}, 1s, false);
  EXPECT_EQ(history.learnt_completion_cap(0), 256U) << "a reply that is of no use tells nothing";
  history.note({.input = 10, .output = 300}, 1s, true);
  EXPECT_EQ(history.learnt_completion_cap(0), 640U);
  const auto back = UsageHistory::decode(history.encode());
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->learnt_completion_cap(0), 640U);
}

TEST(UsageHistory, a_longest_answer_is_forgotten_in_the_end) {
  UsageHistory history;
  history.note({.input = 10, .output = 3'000}, 1s, true);
  for (std::uint64_t i = 0; i < UsageHistory::kMostAnswers; ++i)
    history.note({.input = 10, .output = 100}, 1s, true);
  EXPECT_EQ(history.learnt_completion_cap(0), 6'016U);
  for (std::uint64_t i = 0; i < UsageHistory::kMostAnswers; ++i)
    history.note({.input = 10, .output = 100}, 1s, true);
  EXPECT_EQ(history.learnt_completion_cap(0), 256U);
}

TEST(UsageHistory, what_an_older_program_wrote_has_no_longest_answer) {
  const auto old = UsageHistory::decode("1 900 950 90000 1000 80000 5000");
  ASSERT_TRUE(old.has_value());
  EXPECT_EQ(old->answers, 900U);
  EXPECT_FALSE(old->learnt_completion_cap(0));
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
