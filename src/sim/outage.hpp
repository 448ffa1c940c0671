// When the simulated provider is down as a whole, as a plan:
//
//   30s+60s            from 30 s after its first request, for 60 s: every request is answered with HTTP 500
//   30s+60s:refuse     likewise, but the connection is closed without a byte
//   30s+60s:hang       likewise, but nothing is ever answered
//
// What came in before an outage is still answered. Requests of an outage take nothing of a quota.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sv::sim {

enum class OutageKind : std::uint8_t { server_error, refuse, hang };

struct Outage {
  Duration start{};  // after the first request
  Duration length{};
  OutageKind kind = OutageKind::server_error;
};

class OutagePlan {
 public:
  void add(Outage outage) { outages_.push_back(outage); }
  // The outage that lasts `since_first` after the first request, if any: the first that was added.
  std::optional<OutageKind> at(Duration since_first) const;

 private:
  std::vector<Outage> outages_;
};

// "START+DURATION[:500|refuse|hang]". Error: invalid_input, with an example.
Result<Outage> parse_outage(std::string_view text);

}  // namespace sv::sim
