// For how long a limit holds that a provider's headers tell: they name it without its window.
//
// Pure. The window is worked out from limit, remaining and reset of one reply after another:
//
//   bucket   reset is the time until it is full, so reset * limit / used is its window, always the same
//            (fits every captured sample, openai-api.md section 6.1)
//   window   reset is the time until its end: now + reset stays the same while `used` grows
//
// A window is taken for the shortest usual one (second, ten seconds, minute, hour, day) that is not shorter
// than any reset seen. Until two replies differ it is taken for a bucket.
#pragma once

#include "base/time.hpp"
#include "limits/rate_headers.hpp"

#include <cstdint>
#include <optional>

namespace sv::limits {

class ToldWindow {
 public:
  // The quota as one of a minute. `at`: about when the provider looked. Of a window of seconds `remaining`
  // is left out, since it is over before the word arrives; a longer one (Groq's day) gives nothing.
  ToldQuota per_minute(const ToldQuota& told, TimePoint at);

  // A window of which one follows the other.
  struct Fixed {
    std::uint64_t quota = 0;
    TimePoint end;  // not before it: no reply has told a later one
    Duration length{};
  };
  // As last told; nothing while it is taken for a bucket, or for a window that is over before a reply
  // arrives.
  std::optional<Fixed> fixed() const;

 private:
  struct Sample {
    std::uint64_t used = 0;
    Duration reset{};
    TimePoint at;
  };
  void compare(const Sample& sample);
  Duration window(Duration bucket) const;

  std::optional<Sample> last_;
  Duration bucket_{};  // its window, if it is a bucket, by the newest reply
  Duration longest_reset_{};
  std::uint64_t limit_ = 0;           // as last told
  TimePoint end_ = TimePoint::min();  // the latest, if it is a window
  std::uint32_t bucket_votes_ = 0;
  std::uint32_t window_votes_ = 0;
};

}  // namespace sv::limits
