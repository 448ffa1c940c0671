#include "limits/circuit_breaker.hpp"

#include "limits/retry_budget.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{std::chrono::hours(1)};

struct CircuitBreakerTest : testing::Test {
  void fail(int times, Duration apart = 10ms) {
    for (int i = 0; i < times; ++i) breaker.note_failure(now += apart, now);
  }
  void answer(int times, Duration apart = 10ms) {
    for (int i = 0; i < times; ++i) breaker.note_answer(now += apart, now);
  }
  CircuitBreaker breaker{true};
  TimePoint now = kStart;
};

TEST_F(CircuitBreakerTest, opens_when_half_of_ten_have_failed) {
  for (int i = 0; i < 4; ++i) {
    answer(1);
    fail(1);
  }
  answer(1);
  EXPECT_FALSE(breaker.is_open()) << "nine are too few";
  fail(1);
  EXPECT_TRUE(breaker.is_open());
  EXPECT_EQ(breaker.outages(), 1U);
}

TEST_F(CircuitBreakerTest, forgets_what_is_older_than_half_a_minute) {
  fail(5);
  now += 31s;
  answer(4);
  fail(4);
  answer(1);
  EXPECT_FALSE(breaker.is_open());
}

TEST_F(CircuitBreakerTest, opens_after_ten_failures_in_a_row_however_many_answers_came_before) {
  answer(1000);
  fail(9);
  EXPECT_FALSE(breaker.is_open());
  fail(1);
  EXPECT_TRUE(breaker.is_open());
}

TEST_F(CircuitBreakerTest, lets_one_probe_through_every_five_seconds_and_fewer_in_a_long_outage) {
  fail(10);
  const TimePoint opened = now;
  EXPECT_FALSE(breaker.may_send(opened));
  EXPECT_EQ(breaker.next_chance(), opened + 5s);
  TimePoint last = opened;
  std::vector<Duration> gaps;
  while (last - opened < 1h) {
    const TimePoint probe = breaker.next_chance();
    EXPECT_FALSE(breaker.may_send(probe - 1ns));
    ASSERT_TRUE(breaker.may_send(probe));
    breaker.note_sent(probe);
    gaps.push_back(probe - last);
    last = probe;
    breaker.note_failure(probe + 1s, probe);
  }
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(gaps[i], 5s) << i;
  EXPECT_EQ(gaps.back(), 60s);
  EXPECT_LT(gaps.size(), 100U);
}

TEST_F(CircuitBreakerTest, is_closed_by_the_answer_to_a_probe_and_not_by_a_late_one) {
  const TimePoint before = now;
  fail(10);
  breaker.note_answer(now + 1s, before);
  EXPECT_TRUE(breaker.is_open()) << "it was sent before the outage";
  const TimePoint probe = now + 5s;
  breaker.note_sent(probe);
  breaker.note_answer(probe + 1s, probe);
  EXPECT_FALSE(breaker.is_open());
  // What was sent in the old time comes back in the new one: it says nothing about it.
  for (int i = 0; i < 50; ++i) breaker.note_failure(probe + 2s, before);
  EXPECT_FALSE(breaker.is_open());
}

TEST_F(CircuitBreakerTest, lets_the_first_request_of_an_untried_provider_go_alone_for_a_second_at_most) {
  for (const bool is_answered : {false, true}) {
    CircuitBreaker untried(false);
    ASSERT_TRUE(untried.may_send(kStart));
    untried.note_sent(kStart);
    EXPECT_FALSE(untried.may_send(kStart + 999ms));
    EXPECT_TRUE(untried.may_send(kStart + 1s));
    if (is_answered) {
      untried.note_answer(kStart + 100ms, kStart);
    } else {
      untried.note_failure(kStart + 100ms, kStart);
    }
    EXPECT_TRUE(untried.may_send(kStart + 100ms));
    EXPECT_FALSE(untried.is_untried());
  }
}

RC_GTEST_PROP(CircuitBreakerProperty, probes_are_never_closer_than_five_seconds,
              (const std::vector<std::uint16_t>& gaps_ms, std::uint64_t fates)) {
  CircuitBreaker breaker(true);
  TimePoint now = kStart;
  std::optional<TimePoint> last_probe;
  for (std::size_t i = 0; i < gaps_ms.size(); ++i) {
    now += std::chrono::milliseconds(gaps_ms[i] % 3000);
    if (!breaker.may_send(now)) continue;
    const bool is_probe = breaker.is_open();
    breaker.note_sent(now);
    if (is_probe && last_probe) RC_ASSERT(now - *last_probe >= CircuitBreaker::kProbeInterval);
    if (is_probe) last_probe = now;
    if ((fates >> (i % 64) & 1U) != 0 && !is_probe) {
      breaker.note_answer(now, now);
    } else {
      breaker.note_failure(now, now);
    }
  }
}

TEST(RetryBudget, gives_a_fifth_of_the_requests_and_ten_a_second) {
  RetryBudget budget;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(budget.take(kStart), 0s) << i;
  EXPECT_EQ(budget.take(kStart), 100ms);
  EXPECT_EQ(budget.take(kStart), 200ms);
  for (int i = 0; i < 15; ++i) budget.note_request();
  EXPECT_EQ(budget.take(kStart), 0s) << "15 requests give three";
  EXPECT_EQ(budget.take(kStart + 10s), 0s);
  for (int i = 0; i < 98; ++i) EXPECT_EQ(budget.take(kStart + 10s), 0s) << i;
  EXPECT_GT(budget.take(kStart + 10s) + budget.take(kStart + 10s), 0s);
}

}  // namespace
}  // namespace sv::limits
