// What goes wrong at the simulated provider, and how often.
//
// The fate of a request depends on the seed and on its number alone: the n-th request of one seed always gets
// the same fate, however the requests are spread over connections and time.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sv::sim {

enum class Fault : std::uint8_t {
  none,
  rate_limited,    // "429": passes by itself, with Retry-After
  quota,           // "quota": 429 insufficient_quota, waiting does not help
  server_error,    // "500"
  bad_gateway,     // "502"
  unavailable,     // "503"
  overloaded,      // "529"
  reset,           // the connection is reset in the middle of the reply
  lost,            // the reply is made and billed; the connection is reset before its first byte
  hang,            // no answer, ever
  truncated,       // the HTTP body ends before its announced length
  invalid_json,    // HTTP 200, finish_reason stop, content that is not the JSON asked for
  refusal,         // message.refusal is set
  content_filter,  // finish_reason content_filter
  length,          // finish_reason length, content cut
  html,            // HTML instead of JSON, with status 200 or 502 in turn
  empty_choices,   // HTTP 200, choices: []
  error_200,       // HTTP 200 with an error in the body
  unknown_finish,  // finish_reason "error"
  no_usage,        // a good answer without usage figures
  late,            // a good answer half a minute later than it should be
  slow,            // the reply comes byte by byte, one a second
  oversized,       // 64 MiB, announced
  endless,         // a reply that has no end
  bomb,            // 64 KB of gzip that unpack to 64 MiB
  bad_chunk,       // "Transfer-Encoding: chunked" with a chunk whose length is none
};
inline constexpr std::size_t kFaultCount = 26;

// The name on the command line and in the ledger; "none" for none.
std::string_view to_string(Fault fault);

// Adds up to at most 100 %; whatever is left answers properly.
class FaultPlan {
 public:
  // "NAME=P%", for example "429=3%". Error: invalid_input with the known names.
  Result<void> add(std::string_view setting);
  // `chance` is uniform in [0, 1).
  Fault fate(double chance) const;

 private:
  std::array<double, kFaultCount> shares_{};
};

}  // namespace sv::sim
