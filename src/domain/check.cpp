#include "domain/check.hpp"

#include <fmt/format.h>

namespace sv::domain {

std::chrono::sys_days DayRule::on(std::chrono::sys_days today) const {
  switch (base) {
    case Base::fixed:
      return fixed;
    case Base::today:
      return today + offset;
    case Base::monday: {
      const std::chrono::weekday day(today);
      return today - (day - std::chrono::Monday) + offset;
    }
  }
  return today;
}

std::string DayRule::text() const {
  if (base == Base::fixed) {
    const std::chrono::year_month_day day(fixed);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
  }
  std::string text = base == Base::today ? "today" : "monday";
  if (offset.count() != 0) text += fmt::format("{:+}d", offset.count());
  return text;
}

}  // namespace sv::domain
