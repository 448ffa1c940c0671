// How many calls a minute Google takes from one user of a project, reads and writes counted apart
// (google-sheets-api.md §4): calls wait for their turn, so that the quota is not run into.
#pragma once

#include "base/clock.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace sv::sheets {

enum class CallKind : std::uint8_t { read, write };

// For all clients of one service account in this process; single-threaded. Coroutines take turns in any
// order: one client waits for one call at a time.
class CallQuota {
 public:
  static constexpr std::size_t kUsualPerMinute = 60;

  // `clock` outlives it.
  explicit CallQuota(Clock& clock) : clock_(clock) {}

  // Until another call fits into the last minute; counts it.
  boost::asio::awaitable<void> turn(CallKind kind);
  // What a refusal told about the project's quota. Values of no use are ignored.
  void learn(CallKind kind, std::int64_t per_minute);

 private:
  struct Calls {
    std::size_t per_minute = kUsualPerMinute;
    std::deque<TimePoint> sent;  // in the last minute
  };
  Clock& clock_;
  std::array<Calls, 2> calls_;
};

}  // namespace sv::sheets
