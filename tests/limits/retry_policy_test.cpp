#include "limits/retry_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr std::array kOnTheWay{ErrorKind::connect, ErrorKind::timeout, ErrorKind::protocol,
                               ErrorKind::overloaded, ErrorKind::server_error};
constexpr std::array kDisabling{ErrorKind::tls, ErrorKind::unauthorized, ErrorKind::unknown_model,
                                ErrorKind::quota_exhausted};
constexpr std::array kAllKinds{ErrorKind::cancelled,
                               ErrorKind::connect,
                               ErrorKind::tls,
                               ErrorKind::timeout,
                               ErrorKind::protocol,
                               ErrorKind::oversized,
                               ErrorKind::rate_limited,
                               ErrorKind::overloaded,
                               ErrorKind::server_error,
                               ErrorKind::too_large,
                               ErrorKind::bad_request,
                               ErrorKind::unauthorized,
                               ErrorKind::unknown_model,
                               ErrorKind::quota_exhausted,
                               ErrorKind::refused,
                               ErrorKind::truncated,
                               ErrorKind::invalid_reply,
                               ErrorKind::invalid_input,
                               ErrorKind::not_found,
                               ErrorKind::permission_denied,
                               ErrorKind::already_locked,
                               ErrorKind::io};

// The delays given until the policy gives up on a row that always fails alike.
std::vector<Duration> delays_until_given_up(const RetryLimits& limits, const Error& error,
                                            std::uint64_t seed = 1) {
  Random random(seed);
  RetryState state;
  std::vector<Duration> delays;
  while (const std::optional<Duration> delay = next_delay(limits, state, error, random)) {
    delays.push_back(*delay);
    if (delays.size() > 100'000) break;
  }
  return delays;
}

Error rate_limited(std::optional<Duration> retry_after) {
  return {ErrorKind::rate_limited, "busy", retry_after};
}

TEST(RetryPolicy, asks_six_times_after_failures_on_the_way_with_full_jitter) {
  for (const ErrorKind kind : kOnTheWay) {
    const std::vector<Duration> delays = delays_until_given_up({}, {kind, "broken"});
    ASSERT_EQ(delays.size(), 5U) << to_string(kind);
    for (std::size_t n = 0; n < delays.size(); ++n) {
      EXPECT_GE(delays[n], 0s);
      EXPECT_LE(delays[n], 500ms * (1U << n));
    }
  }
}

TEST(RetryPolicy, spreads_the_back_off_over_the_whole_interval) {
  Duration smallest = Duration::max();
  Duration largest{};
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Duration first = delays_until_given_up({}, {ErrorKind::connect, "broken"}, seed).front();
    smallest = std::min(smallest, first);
    largest = std::max(largest, first);
  }
  EXPECT_LT(smallest, 10ms);
  EXPECT_GT(largest, 490ms);
}

TEST(RetryPolicy, caps_the_back_off_however_many_attempts_are_allowed) {
  const RetryLimits limits{.transport_attempts = 5'000, .total_wait = 24h};
  for (const Duration delay : delays_until_given_up(limits, {ErrorKind::server_error, "broken"}))
    EXPECT_LE(delay, 30s);
}

TEST(RetryPolicy, asks_max_retries_times_for_a_usable_reply_without_waiting) {
  const RetryLimits limits{.reply_attempts = 3};
  for (const ErrorKind kind : {ErrorKind::invalid_reply, ErrorKind::truncated}) {
    EXPECT_EQ(delays_until_given_up(limits, {kind, "no JSON"}), (std::vector<Duration>{0s, 0s}));
  }
  EXPECT_TRUE(delays_until_given_up({.reply_attempts = 1}, {ErrorKind::invalid_reply, "no JSON"}).empty());
  EXPECT_EQ(delays_until_given_up(limits, {ErrorKind::oversized, "too long"}).size(), 1U);
}

TEST(RetryPolicy, counts_truncated_and_invalid_replies_together) {
  Random random(1);
  RetryState state;
  const RetryLimits limits{.reply_attempts = 3};
  EXPECT_TRUE(next_delay(limits, state, {ErrorKind::truncated, ""}, random));
  EXPECT_TRUE(next_delay(limits, state, {ErrorKind::invalid_reply, ""}, random));
  EXPECT_FALSE(next_delay(limits, state, {ErrorKind::truncated, ""}, random));
}

TEST(RetryPolicy, spends_no_attempt_on_rate_limits) {
  Random random(1);
  RetryState state;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(next_delay({}, state, rate_limited(1s), random)) << i;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(next_delay({}, state, {ErrorKind::server_error, ""}, random)) << i;
  EXPECT_FALSE(next_delay({}, state, {ErrorKind::server_error, ""}, random));
}

TEST(RetryPolicy, does_not_hammer_after_a_rate_limit_without_a_hint) {
  // `Retry-After: 0` beside a 429 contradicts itself and is no hint.
  for (const std::optional<Duration> hint : {std::optional<Duration>(), std::optional<Duration>(0s)}) {
    const std::vector<Duration> delays = delays_until_given_up({}, rate_limited(hint));
    EXPECT_GE(delays.front(), 100ms);
    EXPECT_LT(delays.size(), 1500U) << "it ends, and the later ones are longer";
  }
}

TEST(RetryPolicy, obeys_hints_up_to_two_minutes_and_leaves_the_provider_beyond) {
  const Duration delay = delays_until_given_up({}, rate_limited(7s)).front();
  EXPECT_GE(delay, 7s);
  EXPECT_LE(delay, 7s + 20ms);
  EXPECT_FALSE(delays_until_given_up({}, rate_limited(120s)).empty());
  EXPECT_TRUE(delays_until_given_up({}, rate_limited(121s)).empty());
  EXPECT_TRUE(delays_until_given_up({}, {ErrorKind::overloaded, "", 121s}).empty());
  EXPECT_GE(delays_until_given_up({}, {ErrorKind::overloaded, "", 40s}).front(), 40s);
}

TEST(RetryPolicy, does_not_waste_thousands_of_requests_on_hints_that_prove_too_short) {
  EXPECT_LT(delays_until_given_up({}, rate_limited(1ms)).size(), 1500U);
}

RC_GTEST_PROP(RetryPolicy, keeps_the_sum_of_waits_and_the_attempts_within_their_limits,
              (std::uint64_t seed, const std::vector<std::pair<std::uint8_t, std::int32_t>>& failures)) {
  const RetryLimits limits;
  Random random(seed);
  RetryState state;
  Duration total{};
  std::uint32_t on_the_way = 0;
  std::uint32_t replies = 0;
  for (const auto& [kind_index, hint_ms] : failures) {
    const ErrorKind kind = kAllKinds[kind_index % kAllKinds.size()];
    const std::optional<Duration> hint =
        hint_ms % 2 == 0 ? std::nullopt : std::optional<Duration>(std::chrono::milliseconds(hint_ms));
    const std::optional<Duration> delay = next_delay(limits, state, {kind, "", hint}, random);
    if (!delay) break;
    RC_ASSERT(*delay >= Duration::zero());
    RC_ASSERT(*delay <= limits.retry_after_cap + 20ms);
    RC_ASSERT(!disables_provider(kind));
    RC_ASSERT(!is_answer_final(kind));
    total += *delay;
    on_the_way += std::ranges::find(kOnTheWay, kind) != kOnTheWay.end() ? 1 : 0;
    replies += kind == ErrorKind::invalid_reply || kind == ErrorKind::truncated ? 1 : 0;
  }
  RC_ASSERT(total <= limits.total_wait);
  RC_ASSERT(total == state.waited);
  RC_ASSERT(on_the_way < limits.transport_attempts);
  RC_ASSERT(replies < limits.reply_attempts);
}

TEST(RetryPolicy, disables_a_provider_only_for_what_concerns_every_row) {
  for (const ErrorKind kind : kAllKinds) {
    const bool expected = std::ranges::find(kDisabling, kind) != kDisabling.end();
    EXPECT_EQ(disables_provider(kind), expected) << to_string(kind);
    if (expected) {
      EXPECT_TRUE(delays_until_given_up({}, {kind, ""}).empty()) << to_string(kind);
      EXPECT_FALSE(is_answer_final(kind)) << to_string(kind);
    }
  }
}

TEST(RetryPolicy, asks_nobody_else_after_a_refusal_or_when_the_run_ends) {
  EXPECT_TRUE(is_answer_final(ErrorKind::refused));
  EXPECT_TRUE(is_answer_final(ErrorKind::cancelled));
  EXPECT_FALSE(is_answer_final(ErrorKind::bad_request));
  EXPECT_FALSE(is_answer_final(ErrorKind::too_large));
}

TEST(RetryPolicy, knows_of_each_kind_whether_it_is_asked_again_here_or_elsewhere) {
  Random random(1);
  for (const ErrorKind kind : kAllKinds) {
    const bool is_on_the_way = std::ranges::find(kOnTheWay, kind) != kOnTheWay.end();
    const bool is_about_the_reply =
        kind == ErrorKind::truncated || kind == ErrorKind::invalid_reply || kind == ErrorKind::oversized;
    EXPECT_EQ(is_failure_on_the_way(kind), is_on_the_way) << to_string(kind);
    RetryState state;
    EXPECT_EQ(next_delay({}, state, {.kind = kind, .message = {}}, random).has_value(),
              is_on_the_way || is_about_the_reply || kind == ErrorKind::rate_limited)
        << to_string(kind);
    EXPECT_EQ(disables_provider(kind), std::ranges::find(kDisabling, kind) != kDisabling.end())
        << to_string(kind);
    // Whatever concerns a provider may go better at the next one; what concerns us or the row may not.
    const bool is_ours =
        kind == ErrorKind::cancelled || kind == ErrorKind::refused || kind >= ErrorKind::invalid_input;
    EXPECT_EQ(is_answer_final(kind), is_ours) << to_string(kind);
  }
}

}  // namespace
}  // namespace sv::limits
