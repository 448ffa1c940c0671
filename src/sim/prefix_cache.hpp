// A provider's prompt cache, as OpenAI documents it (reference/openai-api.md §8).
//
//                     automatic (before GPT-5.6)             explicit_breakpoint (GPT-5.6 and later)
//   minimum           1,024 tokens                           1,024 tokens
//   a hit counts      in steps of 128 tokens                 to the token
//   routed by         prefix and prompt_cache_key            prompt_cache_key alone; nothing hits without one
//   forgotten after   5 idle minutes, 1 hour at most         30 idle minutes
//
// One machine takes about 15 requests a minute of a route; what is more overflows to further machines, each
// of which misses once. An entry can be hit only when the request that wrote it has been read (its prefill),
// so that a burst on a new machine is all misses.
//
// The number of routes, of machines per route and of prefixes per machine is bounded; the oldest goes first.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sv::sim {

enum class PromptCacheKind : std::uint8_t { none, automatic, explicit_breakpoint };
// "none", "automatic", "explicit". Error: invalid_input with the known names.
Result<PromptCacheKind> parse_prompt_cache(std::string_view name);

class PrefixCache {
 public:
  struct Request {
    std::string_view cache_key;  // empty: none was sent
    std::uint64_t prefix = 0;    // a hash of the exact prefix
    std::uint64_t prefix_tokens = 0;
    TimePoint now{};
    TimePoint prefilled_at{};  // whoever misses writes the entry, which can be hit from then on
  };

  explicit PrefixCache(PromptCacheKind kind = PromptCacheKind::automatic) : kind_(kind) {}

  static bool is_cacheable(std::uint64_t prefix_tokens);

  // How many of the prefix's tokens are read from the cache.
  std::uint64_t look_up(const Request& request);

 private:
  struct Entry {
    std::uint64_t prefix = 0;
    TimePoint ready_at{};
    TimePoint created_at{};
    TimePoint used_at{};
  };
  struct Route {
    TimePoint minute_began{};
    TimePoint used_at{};
    std::uint64_t in_this_minute = 0;
    std::vector<std::vector<Entry>> machines;
  };
  Route& route_of(const Request& request);
  std::vector<Entry>& machine_of(Route& route, TimePoint now) const;
  bool is_alive(const Entry& entry, TimePoint now) const;
  std::uint64_t hit_tokens(std::uint64_t prefix_tokens) const;

  PromptCacheKind kind_;
  std::unordered_map<std::string, Route> routes_;
  std::string name_;  // reused for look-ups
};

}  // namespace sv::sim
