// A provider's prompt cache, as OpenAI documents it before GPT-5.6 (reference/openai-api.md §8).
//
// - A prefix of at least 1,024 tokens is cached; a hit counts in steps of 128.
// - Requests are routed by prefix and prompt_cache_key. One machine takes about 15 of them a minute; what is
// more
//   overflows to further machines, and each machine misses once.
// - An entry can be hit only after the request that wrote it has been worked on (its prefill), and is
// forgotten
//   after five idle minutes or one hour.
//
// The number of machines per prefix and of prefixes is bounded; the oldest prefix is forgotten first.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sv::sim {

class PrefixCache {
 public:
  // How many of the prefix's tokens are read from the cache. `prefix` identifies the exact prefix (a hash of
  // it); whoever misses writes the entry, which others can hit from `ready_at` on.
  std::uint64_t look_up(std::string_view cache_key, std::uint64_t prefix, std::uint64_t prefix_tokens,
                        TimePoint now, TimePoint ready_at);

 private:
  struct Machine {
    TimePoint ready_at{};
    TimePoint created_at{};
    TimePoint used_at{};
    bool is_filled = false;
  };
  struct Entry {
    TimePoint minute_began{};
    TimePoint used_at{};
    std::uint64_t in_this_minute = 0;
    std::vector<Machine> machines;
  };
  void forget_oldest();

  std::unordered_map<std::string, Entry> entries_;
  std::string name_;  // reused for look-ups
};

}  // namespace sv::sim
