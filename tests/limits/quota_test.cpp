#include "limits/quota.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(Quota, takes_back_what_is_not_sent_after_all) {
  domain::QuotaCells cells;
  Quota quota(60'000, 0s, cells);
  const std::optional<Quota::Taken> taken = quota.take(kStart, 1'000, 1.0);
  ASSERT_TRUE(taken);
  EXPECT_EQ(quota.earliest(kStart, 1, 1.0), kStart + 1s);
  quota.give_back(*taken);
  EXPECT_EQ(quota.earliest(kStart, 1, 1.0), kStart);
  EXPECT_EQ(cells.sent.load(), 0U);
}

// All requests are sent at one moment, so that nothing flows in: what has been taken beyond the even pace is
// what the provider called unspent.
RC_GTEST_PROP(Quota, never_spends_at_once_more_than_is_left_and_never_less_than_nothing, ()) {
  const auto limit = *rc::gen::inRange<std::uint64_t>(100, 1'000'000);
  const auto remaining = *rc::gen::inRange<std::uint64_t>(0, limit + 1);
  // A charge, and whether it is given back at once.
  const auto charges = *rc::gen::container<std::vector<std::tuple<std::uint64_t, bool>>>(
      rc::gen::tuple(rc::gen::inRange<std::uint64_t>(1, 20'000), rc::gen::arbitrary<bool>()));
  domain::QuotaCells cells;
  Quota quota(limit, 0s, cells);
  const std::optional<Quota::Taken> first = quota.take(kStart, 1, 1.0);
  RC_ASSERT(first.has_value());
  quota.hear(remaining, first->sent);
  const double may_go = static_cast<double>(remaining) - Quota::kKept * static_cast<double>(limit);
  std::uint64_t at_once = 0;
  std::uint64_t sent = first->sent;
  for (const auto& [charge, is_given_back] : charges) {
    const bool fits = quota.can_send_at_once(charge);
    const std::optional<Quota::Taken> taken = quota.take(kStart, charge, 1.0);
    RC_ASSERT(fits == taken.has_value());  // the even pace is used up by the first
    if (!taken) continue;
    RC_ASSERT(taken->sent == sent + charge);
    if (is_given_back) {
      quota.give_back(*taken);
    } else {
      at_once += charge;
      sent += charge;
    }
    RC_ASSERT(cells.sent.load() == sent);
    RC_ASSERT(static_cast<double>(at_once) <= may_go);
  }
}

}  // namespace
}  // namespace sv::limits
