// A deadline as people write it: "09:00", the next such moment, or "2026-12-01 09:00"; in the time zone that
// the process runs in.
#pragma once

#include "base/time.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace sv::config {

struct DeadlineSetting {
  std::optional<std::chrono::year_month_day> date;  // nothing: the next such moment
  std::chrono::minutes since_midnight{};
  bool operator==(const DeadlineSetting&) const = default;

  // Without a date: after `now`.
  WallTime after(WallTime now) const;
};

inline constexpr std::string_view kDeadlineForm = "HH:MM or YYYY-MM-DD HH:MM";

// Nothing: it is in neither form.
std::optional<DeadlineSetting> parse_deadline(std::string_view text);

}  // namespace sv::config
