#include "limits/minute_use.hpp"

#include "base/task_group.hpp"
#include "limits/admission_gate.hpp"
#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <tuple>
#include <utility>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(MinuteUse, knows_no_share_without_a_limit_and_none_of_a_short_time) {
  MinuteUse use;
  EXPECT_EQ(use.use(kStart, 500), (domain::LimitUse{.per_minute = 500}));
  use.add(kStart, 1);
  use.add(kStart + 5s, 1);
  EXPECT_EQ(use.use(kStart + 5s, std::nullopt), (domain::LimitUse{.last_minute = 2}));
  EXPECT_FALSE(use.use(kStart + 5s, 500).mean);
  EXPECT_FALSE(use.use(kStart + 5s, std::nullopt).used());
}

TEST(MinuteUse, is_the_whole_limit_at_the_even_pace_and_nothing_a_minute_after_it) {
  MinuteUse use;
  for (int i = 0; i < 1'000; ++i) use.add(kStart + i * 120ms, 1);  // 500 a minute
  const domain::LimitUse now = use.use(kStart + 120s - 1ms, 500);
  EXPECT_EQ(now.last_minute, 500U);
  EXPECT_DOUBLE_EQ(*now.used(), 1.0);
  EXPECT_NEAR(*now.mean, 1.0, 0.002);
  EXPECT_EQ(use.use(kStart + 180s, 500).last_minute, 0U);
  EXPECT_NEAR(*use.use(kStart + 180s, 1'000).mean, 0.5, 0.001) << "until the last request, not until now";
}

RC_GTEST_PROP(MinuteUse, counts_what_came_in_the_last_sixty_seconds_by_the_second, ()) {
  using Step = std::pair<std::uint32_t, std::uint16_t>;  // milliseconds that pass, charge
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, 30'000), rc::gen::arbitrary<std::uint16_t>()));
  MinuteUse use;
  std::vector<std::pair<TimePoint, std::uint64_t>> all;
  TimePoint now = kStart;
  for (const auto& [passes, charge] : steps) {
    now += std::chrono::milliseconds(passes);
    use.add(now, charge);
    all.emplace_back(now, charge);
    std::uint64_t surely = 0;
    std::uint64_t at_most = 0;
    for (const auto& [when, sum] : all) {
      if (now - when < 59s) surely += sum;
      if (now - when < 60s) at_most += sum;
    }
    const std::uint64_t counted = use.use(now, std::nullopt).last_minute;
    RC_ASSERT(counted >= surely);
    RC_ASSERT(counted <= at_most);
  }
}

// What the rows behind the gate wait for.
class WaitsFor : public ::testing::Test {
 protected:
  boost::asio::awaitable<void> send(AdmissionGate& gate, std::uint64_t tokens) {
    const AdmissionGate::Admission admission = co_await gate.admit(tokens);
    co_await clock_.sleep_until(clock_.now() + 1s);
  }
  void start(AdmissionGate& gate, int rows, std::uint64_t tokens) {
    for (int i = 0; i < rows; ++i) group_.spawn(send(gate, tokens));
    support::run_ready(io_);
  }
  void end() { support::run_until_idle(io_, clock_); }

  boost::asio::io_context io_;
  support::VirtualClock clock_;
  TaskGroup group_{io_.get_executor()};
};

TEST_F(WaitsFor, the_limit_of_requests_when_that_is_the_later_one) {
  AdmissionGate gate(clock_, 100, {.requests_per_minute = 60, .tokens_per_minute = 1'000'000});
  start(gate, 3, 10);
  EXPECT_EQ(gate.waiting(), 2U);
  EXPECT_EQ(gate.waits_for(), domain::WaitReason::requests);
  EXPECT_EQ(gate.request_use().last_minute, 1U);
  EXPECT_EQ(gate.token_use().last_minute, 10U);
  end();
  EXPECT_EQ(gate.request_use().last_minute, 3U);
}

TEST_F(WaitsFor, the_limit_of_tokens_when_that_is_the_later_one) {
  AdmissionGate gate(clock_, 100, {.requests_per_minute = 6'000, .tokens_per_minute = 6'000});
  start(gate, 3, 1'000);
  EXPECT_EQ(gate.waits_for(), domain::WaitReason::tokens);
  end();
}

TEST_F(WaitsFor, slots_while_all_permits_are_out_and_the_pause_above_all) {
  AdmissionGate gate(clock_, 2);
  start(gate, 3, 0);
  EXPECT_EQ(gate.waiting(), 1U);
  EXPECT_EQ(gate.waits_for(), domain::WaitReason::slots);
  gate.pause_until(clock_.now() + 30s);
  EXPECT_EQ(gate.waits_for(), domain::WaitReason::pause);
  end();
}

}  // namespace
}  // namespace sv::limits
