// What of the providers' limits is spent, kept together by all processes that use one answer cache.
#pragma once

#include "domain/pace_cells.hpp"

#include <optional>
#include <string_view>

namespace sv::ports {

class TicketLedger {
 public:
  virtual ~TicketLedger() = default;

  // This process's part in the limits of that name: who gives the same name obeys one limit. The cells live
  // as long as the ledger. Empty when there is no room for one more name: then this process paces itself
  // alone. Event-loop thread.
  virtual std::optional<domain::PaceShare> join(std::string_view name) = 0;
};

}  // namespace sv::ports
