#include "llm/charge_scale.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace sv::llm {
namespace {

TEST(ChargeScale, is_one_until_the_provider_shows_less) {
  ChargeScale scale;
  EXPECT_EQ(scale.scaled(1'200), 1'200U);
  scale.note_used(1'500, 1'200);
  EXPECT_EQ(scale.scaled(1'200), 1'200U) << "others' requests are in it";
  scale.note_used(0, 1'200);
  EXPECT_EQ(scale.scaled(1'200), 1'200U) << "nothing used right after a request says something else";
}

TEST(ChargeScale, is_the_least_that_a_reply_shows_and_a_little_room) {
  ChargeScale scale;
  scale.note_used(960, 1'200);
  EXPECT_NEAR(scale.scale(), 0.8 * ChargeScale::kRoom, 1e-9);
  scale.note_used(1'900, 1'200);
  EXPECT_NEAR(scale.scale(), 0.8 * ChargeScale::kRoom, 1e-9) << "a busy moment";
}

TEST(ChargeScale, follows_the_charge_that_a_refusal_names) {
  ChargeScale scale;
  scale.note_used(700, 1'200);
  scale.note_refused(1'080, 1'200);
  EXPECT_NEAR(scale.scale(), 0.9 * ChargeScale::kRoom, 1e-9);
  scale.note_used(700, 1'200);
  EXPECT_NEAR(scale.scale(), 0.9 * ChargeScale::kRoom, 1e-9) << "a header does not take back what was said";
}

TEST(ChargeScale, believes_headers_less_after_each_refusal_that_names_nothing) {
  ChargeScale scale;
  std::vector<int> replies_until_believed;
  for (int refusals = 0; refusals < 4; ++refusals) {
    int replies = 0;
    for (; scale.scale() >= 1; ++replies) scale.note_used(700, 1'200);
    replies_until_believed.push_back(replies);
    scale.note_refused(0, 1'200);
    EXPECT_EQ(scale.scale(), 1);
  }
  EXPECT_EQ(replies_until_believed, (std::vector<int>{1, 2, 4, 8}));
}

TEST(ChargeScale, of_a_provider_that_is_charged_in_full_is_not_touched_by_refusals) {
  ChargeScale scale;
  for (int i = 0; i < 10; ++i) scale.note_refused(0, 1'200);
  scale.note_used(960, 1'200);
  EXPECT_LT(scale.scale(), 1);
}

RC_GTEST_PROP(ChargeScale, is_never_below_half_nor_above_one_and_comes_back_from_the_facts,
              (std::vector<std::uint32_t> used, std::uint32_t requested)) {
  ChargeScale scale;
  for (const std::uint32_t one : used) scale.note_used(one, 1'200);
  if (requested % 2 == 1) scale.note_refused(requested, 1'200);
  RC_ASSERT(scale.scale() >= ChargeScale::kLeast);
  RC_ASSERT(scale.scale() <= 1);
  const auto decoded = ChargeScale::decode(scale.encode());
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(std::abs(decoded->scale() - scale.scale()) < 0.002);
}

TEST(ChargeScale, takes_only_what_it_wrote) {
  for (const char* text :
       {"", "1", "1 800", "2 800 0", "1 499 0", "1 1001 0", "1 800 x", "1 800 0 ", "1 800 1001"}) {
    EXPECT_FALSE(ChargeScale::decode(text)) << text;
  }
  EXPECT_TRUE(ChargeScale::decode("1 800 0"));
}

}  // namespace
}  // namespace sv::llm
