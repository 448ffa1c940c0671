// What of a row fits a line for people: its identifier and a reason, safe to print and of bounded length.
#pragma once

#include "base/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace sv::report {

inline constexpr std::size_t kIdentifierColumns = 40;
inline constexpr std::size_t kReasonColumns = 300;

inline std::string one_line_of(std::string_view text, std::size_t columns) {
  return shorten(sanitize_for_terminal(trim(text)), columns);
}

}  // namespace sv::report
