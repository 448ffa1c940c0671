#include "sim_sheets/sheets_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sv::sim_sheets {

namespace {

constexpr std::array<std::pair<std::string_view, SheetsFault>, 6> kNames = {{
    {"429", SheetsFault::quota},
    {"500", SheetsFault::internal},
    {"503", SheetsFault::unavailable},
    {"drop-before", SheetsFault::drop_before},
    {"drop-after", SheetsFault::drop_after},
    {"503-after-write", SheetsFault::unavailable_after},
}};

}  // namespace

std::optional<SheetsFault> parse_fault(std::string_view name) {
  const auto found = std::ranges::find(kNames, name, &std::pair<std::string_view, SheetsFault>::first);
  if (found == kNames.end()) return std::nullopt;
  return found->second;
}

Result<void> SheetsFaultPlan::add(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::optional<SheetsFault> fault = parse_fault(text.substr(0, equals));
  std::uint64_t every = 0;
  if (equals != std::string_view::npos) {
    const std::string_view number = text.substr(equals + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), every);
    if (error != std::errc() || end != number.data() + number.size()) every = 0;
  }
  if (!fault || every == 0) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("`{}` is not a fault: write NAME=N for every N-th write, NAME one of 429, 500, 503, "
                    "drop-before, drop-after, 503-after-write",
                    text));
  }
  rules_.push_back({*fault, every});
  return {};
}

std::optional<SheetsFault> SheetsFaultPlan::of_write(std::uint64_t number) const {
  for (const Rule& rule : rules_) {
    if (number % rule.every == 0) return rule.fault;
  }
  return std::nullopt;
}

}  // namespace sv::sim_sheets
