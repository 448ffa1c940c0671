// LLM tokens of one or many requests, by price class.
#pragma once

#include <cstdint>

namespace sv::domain {

struct Usage {
  std::uint64_t input = 0;         // all prompt tokens, the cached ones included
  std::uint64_t cached_input = 0;  // of them: read from the provider's prompt cache
  std::uint64_t cache_write = 0;   // of them: written to it at a surcharge
  std::uint64_t output = 0;        // all completion tokens, the reasoning ones included
  std::uint64_t reasoning = 0;     // of them: reasoning

  Usage& operator+=(const Usage& other) {
    input += other.input;
    cached_input += other.cached_input;
    cache_write += other.cache_write;
    output += other.output;
    reasoning += other.reasoning;
    return *this;
  }
  bool operator==(const Usage&) const = default;
};

}  // namespace sv::domain
