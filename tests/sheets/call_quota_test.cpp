#include "sheets/call_quota.hpp"

#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace sv::sheets {
namespace {

using namespace std::chrono_literals;

RC_GTEST_PROP(CallQuotaProperty, no_minute_sees_more_calls_than_allowed, ()) {
  boost::asio::io_context io;
  support::VirtualClock clock;
  CallQuota quota(clock);
  const auto limit = *rc::gen::inRange<std::int64_t>(1, 80);
  quota.learn(CallKind::write, limit);
  const auto pauses = *rc::gen::container<std::vector<int>>(250, rc::gen::inRange(0, 2000));
  std::vector<TimePoint> sent;
  const auto caller = [&]() -> boost::asio::awaitable<void> {
    for (const int pause : pauses) {
      co_await clock.sleep_until(clock.now() + std::chrono::milliseconds(pause));
      co_await quota.turn(CallKind::write);
      sent.push_back(clock.now());
    }
  };
  boost::asio::co_spawn(io, caller(), boost::asio::detached);
  support::run_until_idle(io, clock);
  RC_ASSERT(sent.size() == pauses.size());
  for (std::size_t i = 0; i + static_cast<std::size_t>(limit) < sent.size(); ++i) {
    RC_ASSERT(sent[i + static_cast<std::size_t>(limit)] - sent[i] > 60s);
  }
}

TEST(CallQuota, reads_and_writes_are_counted_apart_and_nonsense_is_not_learnt) {
  boost::asio::io_context io;
  support::VirtualClock clock;
  CallQuota quota(clock);
  for (const std::int64_t nonsense : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX}) {
    quota.learn(CallKind::read, nonsense);
  }
  const TimePoint start = clock.now();
  const auto caller = [&]() -> boost::asio::awaitable<void> {
    for (std::size_t i = 0; i < CallQuota::kUsualPerMinute; ++i) {
      co_await quota.turn(CallKind::read);
      co_await quota.turn(CallKind::write);
    }
  };
  boost::asio::co_spawn(io, caller(), boost::asio::detached);
  support::run_until_idle(io, clock);
  EXPECT_EQ(clock.now(), start);
}

}  // namespace
}  // namespace sv::sheets
