// By when a run in batches must have given its batches up in order to be over in time.
//
//   ── batches may be sent ──┬── they may end ──┬── cancelled, they may end ──┬── one by one ──┬ deadline
//                       last_send()        cancel_at()                  release_at()
//
// Everything follows from the deadline, the time and the rows that are missing: a process that takes the run
// up later decides the same.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>

namespace sv::engine {

struct BatchDeadline {
  WallTime at{};
  // How long it takes to ask about so many rows one by one, going by what is known of the provider.
  std::function<Duration(std::uint64_t rows)> online_time;

  // Half as much again as reckoned; and for the tail of the run, a request that hangs and its repetition.
  static constexpr double kSafety = 1.5;
  static constexpr Duration kReserve = std::chrono::minutes(5);
  // OpenAI: a batch is `cancelling` for up to ten minutes (openai-api.md section 10); and to fetch its
  // answers.
  static constexpr Duration kCancelling = std::chrono::minutes(13);
  // A batch that has less time than this is not begun.
  static constexpr Duration kShortestBatch = std::chrono::minutes(15);

  // The last moment at which asking about `missing` rows one by one can begin.
  WallTime release_at(std::uint64_t missing) const {
    if (missing == 0) return at;
    const Duration needed = std::min<Duration>(from_seconds(kSafety * to_seconds(online_time(missing))),
                                               std::chrono::hours(24 * 365));
    return at - std::chrono::ceil<std::chrono::milliseconds>(needed + kReserve);
  }
  WallTime cancel_at(std::uint64_t missing) const {
    return release_at(missing) - std::chrono::ceil<std::chrono::milliseconds>(kCancelling);
  }
  WallTime last_send(std::uint64_t missing) const {
    return cancel_at(missing) - std::chrono::ceil<std::chrono::milliseconds>(kShortestBatch);
  }
};

}  // namespace sv::engine
