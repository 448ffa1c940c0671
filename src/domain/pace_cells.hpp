// How far a provider's limits are spent, in cells that several processes can share: plain numbers in memory
// that all of them map (store/limits_file), each changed by one atomic operation. So there is no lock that a
// killed process could keep, nobody has to register or to be found dead, and what one process does not use is
// there for the others.
//
// Times are nanoseconds of the steady clock, which is the same for all processes of one machine between two
// boots. Zeros mean: nothing is spent, nothing known.
#pragma once

#include "base/time.hpp"

#include <atomic>
#include <cstdint>

namespace sv::domain {

// A time in a cell.
inline TimePoint to_time(std::int64_t nanoseconds) { return TimePoint(Duration(nanoseconds)); }

// Of one limit per minute.
struct QuotaCells {
  // "Theoretical arrival time": the quota is unspent from here on.
  std::atomic<std::int64_t> all_spent_until = 0;
  std::atomic<std::uint64_t> sent = 0;        // the sum of all charges
  std::atomic<std::uint64_t> per_minute = 0;  // as the provider tells it; 0: not known
};

// Of one provider and model.
struct PaceCells {
  QuotaCells requests;
  QuotaCells tokens;                           // LLM tokens
  std::atomic<std::int64_t> paused_until = 0;  // nothing is sent before
  // Whose the next moment is, how long that member has waited, and when the moment comes. So that members
  // take turns; never how much is sent: a torn state is unfair once.
  std::atomic<std::uint64_t> claimed_by = 0;
  std::atomic<std::int64_t> claimant_waits_since = 0;
  std::atomic<std::int64_t> claimed_until = 0;
};

// One process's part in it. The cells outlive it.
struct PaceShare {
  PaceCells& cells;
  std::uint64_t member = 0;  // different in each process, not 0
};

static_assert(std::atomic<std::int64_t>::is_always_lock_free &&
                  std::atomic<std::uint64_t>::is_always_lock_free,
              "a lock of this process's own would not keep other processes out");
static_assert(sizeof(PaceCells) == 80, "the same layout in every process");

}  // namespace sv::domain
