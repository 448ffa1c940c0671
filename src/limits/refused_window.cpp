#include "limits/refused_window.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace sv::limits {

using namespace std::chrono_literals;

namespace {

constexpr std::array<Duration, 3> kUsualWindows{1s, 10s, 60s};
// A wait in which so many requests would have had room is none for room, whatever was on its way.
constexpr double kRequestsPerWait = 10;
// Told times are rounded, and arrive late.
constexpr Duration kLate = 60ms;
// More than the quotas of all windows that it can have been spread over, by so much.
constexpr double kSurelyMore = 1.05;

double quota_of(std::uint64_t per_minute, Duration length) {
  return static_cast<double>(per_minute) * to_seconds(length) / 60;
}

}  // namespace

std::optional<RefusedWindow::Found> RefusedWindow::note_refused(const Refusal& refusal) {
  // Whole seconds are how long to stay away, or an end that is rounded by a second.
  if (refusal.wait % std::chrono::seconds(1) == Duration::zero()) return std::nullopt;
  if (quota_of(refusal.per_minute, refusal.wait) < kRequestsPerWait) return std::nullopt;
  const auto can_be = [&](Duration length) {
    if (length < longest_ || length + kLate < refusal.wait) return false;
    const double windows =
        std::ceil(to_seconds(refusal.free_at - refusal.began - kLate) / to_seconds(length));
    return static_cast<double>(refusal.accepted) <=
           kSurelyMore * windows * quota_of(refusal.per_minute, length);
  };
  const auto* found = std::ranges::find_if(kUsualWindows, can_be);
  if (found == kUsualWindows.end()) return std::nullopt;
  longest_ = *found;
  if (*found < kUsualWindows[1]) return std::nullopt;
  return Found{.quota = static_cast<std::uint64_t>(quota_of(refusal.per_minute, *found)), .length = *found};
}

}  // namespace sv::limits
