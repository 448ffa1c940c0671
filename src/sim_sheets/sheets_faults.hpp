// What goes wrong on purpose: for every n-th write, or for one request by the header `x-emu-fault`.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sv::sim_sheets {

enum class SheetsFault : std::uint8_t {
  quota,              // "429": refused at the door, nothing written
  internal,           // "500": nothing written
  unavailable,        // "503": nothing written
  drop_before,        // "drop-before": the connection is closed, nothing written
  drop_after,         // "drop-after": written, then the connection is closed without a reply
  unavailable_after,  // "503-after-write": written, and said to have failed
};

std::optional<SheetsFault> parse_fault(std::string_view name);

class SheetsFaultPlan {
 public:
  // "drop-after=5": every 5th write. Error: invalid_input.
  Result<void> add(std::string_view text);
  // The fate of the n-th write, from 1; the first rule that meets it.
  std::optional<SheetsFault> of_write(std::uint64_t number) const;

 private:
  struct Rule {
    SheetsFault fault;
    std::uint64_t every;
  };
  std::vector<Rule> rules_;
};

}  // namespace sv::sim_sheets
