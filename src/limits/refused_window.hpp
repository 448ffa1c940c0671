// Fixed windows that no header tells: a provider that counts by the window refuses until the window's end.
//
// Pure. A bucket asks for the time of one request; who asks for the time of many has a window that ends then.
// Of the usual windows (ten seconds, a minute) it is the shortest that is not over before the wait is, and
// that can have let through what was let through.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>

namespace sv::limits {

class RefusedWindow {
 public:
  struct Refusal {
    TimePoint began;             // when nothing had been let through yet, or a window before this one ended
    std::uint64_t accepted = 0;  // requests that were let through since then
    TimePoint free_at;           // when the provider has room again, as it says
    Duration wait{};             // until then
    std::uint64_t per_minute = 0;
  };
  struct Found {
    std::uint64_t quota = 0;  // of one window
    Duration length{};
  };
  // Nothing when it is no window, or one of a second, which is over before the word is of use.
  std::optional<Found> note_refused(const Refusal& refusal);

 private:
  Duration longest_{};  // no shorter window can have let through what was let through
};

}  // namespace sv::limits
