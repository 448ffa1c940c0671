// How much was sent in the last minute, and in all: for whoever looks on, never for a decision.
//
// Pure; sixty sums, one for each second.
#pragma once

#include "base/time.hpp"
#include "domain/limits_now.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sv::limits {

class MinuteUse {
 public:
  // A mean over less says nothing: what is unspent at the start goes at once.
  static constexpr Duration kShortestMean = std::chrono::seconds(10);

  // `now` never goes back.
  void add(TimePoint now, std::uint64_t charge);
  domain::LimitUse use(TimePoint now, std::optional<std::uint64_t> per_minute) const;

 private:
  struct Second {
    std::int64_t number = 0;
    std::uint64_t sum = 0;
  };
  static constexpr std::size_t kSeconds = 60;
  std::array<Second, kSeconds> seconds_{};  // a ring: a second stands at its number modulo 60
  std::uint64_t total_ = 0;
  TimePoint first_ = TimePoint::min();
  TimePoint last_ = TimePoint::min();
};

}  // namespace sv::limits
