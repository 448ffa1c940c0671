// What keeps a run from being faster right now: how much of each provider's limits is in use, and what rows
// wait for.
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>

namespace sv::domain {

// What a row that could be sent waits for. Sheet and money are to join them.
enum class WaitReason : std::uint8_t {
  requests,       // the limit of requests per minute
  tokens,         // the limit of LLM tokens per minute
  slots,          // requests in flight: max_workers, or as many as the provider takes
  pause,          // after a 429
  outage,         // the provider does not answer
  first_answers,  // of a provider that is new, or whose prompt cache has to be filled first
  back_off,       // the row's own, before it is asked again
};
inline constexpr std::size_t kWaitReasons = 7;

// As in metrics and in `--json`.
constexpr std::string_view to_string(WaitReason reason) {
  switch (reason) {
    case WaitReason::requests:
      return "requests";
    case WaitReason::tokens:
      return "tokens";
    case WaitReason::slots:
      return "slots";
    case WaitReason::pause:
      return "pause";
    case WaitReason::outage:
      return "outage";
    case WaitReason::first_answers:
      return "first_answers";
    case WaitReason::back_off:
      return "back_off";
  }
  return "unknown";
}

// Of one limit, by this run alone.
struct LimitUse {
  std::optional<std::uint64_t> per_minute = std::nullopt;  // as given, heard or found out; never 0
  std::uint64_t last_minute = 0;                           // charged in the last 60 s
  // From the run's first request to its last: charged, as a share of what the limit allows in that time.
  // Above 1 when there was a full bucket at the start. Nothing: no limit, or too short a time.
  std::optional<double> mean = std::nullopt;

  // Of the limit, in the last 60 s; lower in the first minute of a run.
  std::optional<double> used() const {
    if (!per_minute) return std::nullopt;
    return static_cast<double>(last_minute) / static_cast<double>(*per_minute);
  }
  bool operator==(const LimitUse&) const = default;
};

enum class ProviderState : std::uint8_t {
  working,
  untried,  // its key has not worked yet: one row goes ahead of the others
  down,     // it does not answer: the circuit breaker is open, and only probes are sent
  off,      // it is not asked any more in this run
};

struct ProviderLimits {
  std::string provider;
  LimitUse requests = {};
  LimitUse tokens = {};
  // Rows by what they wait for; index: WaitReason. Rows that nobody has begun to work on are in none.
  std::array<std::uint64_t, kWaitReasons> waiting{};
  // All slots are taken, so that more rows could not be sent even if none is seen to wait.
  bool is_full = false;
  std::uint64_t in_flight = 0;        // requests
  std::uint64_t in_flight_limit = 0;  // as many as may be, now
  ProviderState state = ProviderState::working;
  std::optional<Duration> pause = std::nullopt;           // what is left of the pause after a 429
  std::optional<Duration> oldest_request = std::nullopt;  // how long the oldest in flight has been

  std::uint64_t& waiting_for(WaitReason reason) { return waiting.at(static_cast<std::size_t>(reason)); }
  std::uint64_t waiting_for(WaitReason reason) const { return waiting.at(static_cast<std::size_t>(reason)); }
  std::uint64_t waiting_rows() const {
    return std::accumulate(waiting.begin(), waiting.end(), std::uint64_t{0});
  }
  bool operator==(const ProviderLimits&) const = default;
};

}  // namespace sv::domain
