// How fast rows are finished now.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace sv::report {

// The rate over the last half minute, not over the whole run: a run that began with thousands of cached rows
// would else seem fast for an hour. At most 31 samples are kept. Time only moves forward.
class RateMeter {
 public:
  // Call as often as you like: a sample is kept once a second.
  void add(TimePoint now, std::uint64_t done);

  // Rows per second; 0 until something was finished.
  double rate() const;

 private:
  struct Sample {
    TimePoint when;
    std::uint64_t done = 0;
  };

  static constexpr Duration kWindow = std::chrono::seconds(30);
  static constexpr Duration kStep = std::chrono::seconds(1);

  std::deque<Sample> samples_;  // oldest first
  Sample latest_;
};

}  // namespace sv::report
