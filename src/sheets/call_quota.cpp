#include "sheets/call_quota.hpp"

#include <chrono>

namespace sv::sheets {

namespace {

using namespace std::chrono_literals;

// Google counts by minutes of its own clock: a second more, since calls do not all travel equally fast.
constexpr Duration kWindow = 61s;
// A project's quota is at most some thousands; more is a mistake, and would be remembered for each call.
constexpr std::int64_t kMostPerMinute = 100'000;

}  // namespace

boost::asio::awaitable<void> CallQuota::turn(CallKind kind) {
  Calls& calls = calls_[static_cast<std::size_t>(kind)];
  for (;;) {
    const TimePoint now = clock_.now();
    while (!calls.sent.empty() && calls.sent.front() + kWindow <= now) calls.sent.pop_front();
    if (calls.sent.size() < calls.per_minute) {
      calls.sent.push_back(now);
      co_return;
    }
    const std::size_t in_the_way = calls.sent.size() - calls.per_minute;
    const TimePoint free_at = calls.sent[in_the_way] + kWindow;
    co_await clock_.sleep_until(free_at);
  }
}

void CallQuota::learn(CallKind kind, std::int64_t per_minute) {
  if (per_minute < 1 || per_minute > kMostPerMinute) return;
  calls_[static_cast<std::size_t>(kind)].per_minute = static_cast<std::size_t>(per_minute);
}

}  // namespace sv::sheets
