// How much had been sent to a provider, in all, when a request was admitted, itself included. It dates what
// the request's reply says about the limits: all that was sent later is not in it yet.
#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace sv::domain {

struct SentMark {
  std::uint64_t requests = 0;
  std::uint64_t tokens = 0;  // LLM tokens, as charged
  TimePoint at;              // when
};

}  // namespace sv::domain
