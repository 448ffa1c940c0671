// How long requests one by one take, going by what is known of a provider: its latency, and its limits.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace sv::domain {

struct OnlinePace {
  Duration latency{};                               // of a request, in the mean
  double requests_per_row = 1;                      // those that are asked a second time among them
  double tokens_per_request = 0;                    // as the provider charges them against its limit
  std::optional<std::uint64_t> rpm = std::nullopt;  // requests per minute
  std::optional<std::uint64_t> tpm = std::nullopt;  // LLM tokens per minute

  // With so many requests at the same time.
  Duration time_for(double rows, std::uint32_t workers) const {
    const double requests = rows * requests_per_row;
    double seconds = std::ceil(requests / std::max<double>(1, workers)) * to_seconds(latency);
    if (rpm)
      seconds = std::max(seconds, requests * 60 / static_cast<double>(std::max<std::uint64_t>(1, *rpm)));
    if (tpm) {
      seconds = std::max(seconds, requests * tokens_per_request * 60 /
                                      static_cast<double>(std::max<std::uint64_t>(1, *tpm)));
    }
    return from_seconds(seconds);
  }
};

}  // namespace sv::domain
