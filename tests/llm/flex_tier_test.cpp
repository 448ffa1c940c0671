#include "llm/flex_tier.hpp"

#include <gtest/gtest.h>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(FlexTier, is_not_asked_unless_wanted) {
  EXPECT_FALSE(FlexTier(false).is_due(kStart));
  EXPECT_TRUE(FlexTier(true).is_due(kStart));
}

TEST(FlexTier, rests_longer_each_time_and_forgets_it_when_it_is_answered) {
  FlexTier flex(true);
  TimePoint now = kStart;
  for (const Duration rest : {1min, 2min, 4min, 8min, 16min, 16min}) {
    flex.note_refused(now, now);
    EXPECT_FALSE(flex.is_due(now + rest - 1s));
    EXPECT_TRUE(flex.is_due(now + rest));
    now += rest;
  }
  flex.note_answered();
  flex.note_refused(now, now);
  EXPECT_TRUE(flex.is_due(now + 1min));
}

TEST(FlexTier, a_hundred_refusals_of_one_moment_are_one) {
  FlexTier flex(true);
  for (int i = 0; i < 100; ++i) flex.note_refused(kStart, kStart + 1s * (i + 1));
  EXPECT_TRUE(flex.is_due(kStart + 1s + FlexTier::kFirstRest));
}

TEST(FlexTier, a_model_that_has_none_is_not_asked_again) {
  FlexTier flex(true);
  flex.give_up();
  EXPECT_FALSE(flex.is_due(kStart + 24h));
}

}  // namespace
}  // namespace sv::llm
