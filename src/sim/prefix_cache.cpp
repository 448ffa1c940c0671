#include "sim/prefix_cache.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sv::sim {

namespace {

using namespace std::chrono_literals;

// OpenAI's guide to prompt caching; reference/openai-api.md §8.
constexpr std::uint64_t kMinimumTokens = 1024;
constexpr std::uint64_t kStepTokens = 128;
constexpr std::uint64_t kRequestsPerMachineAndMinute = 15;
constexpr Duration kIdleLife = 5min;
constexpr Duration kLongestLife = 1h;
constexpr Duration kExplicitIdleLife = 30min;
// Ours: bounds of memory.
constexpr std::size_t kMaxMachines = 64;
constexpr std::size_t kMaxRoutes = 1024;
constexpr std::size_t kMaxPrefixes = 16;

template <typename Range>
auto oldest_of(Range& range) {
  return std::ranges::min_element(range, {}, [](const auto& entry) {
    if constexpr (requires { entry.second.used_at; }) {
      return entry.second.used_at;
    } else {
      return entry.used_at;
    }
  });
}

}  // namespace

Result<PromptCacheKind> parse_prompt_cache(std::string_view name) {
  if (name == "none") return PromptCacheKind::none;
  if (name == "automatic") return PromptCacheKind::automatic;
  if (name == "explicit") return PromptCacheKind::explicit_breakpoint;
  return fail(
      ErrorKind::invalid_input,
      fmt::format("prompt cache `{}` is unknown; use none, automatic or explicit", shorten(name, 60)));
}

bool PrefixCache::is_cacheable(std::uint64_t prefix_tokens) { return prefix_tokens >= kMinimumTokens; }

std::uint64_t PrefixCache::look_up(const Request& request) {
  if (kind_ == PromptCacheKind::none || !is_cacheable(request.prefix_tokens)) return 0;
  if (kind_ == PromptCacheKind::explicit_breakpoint && request.cache_key.empty()) return 0;
  Route& route = route_of(request);
  std::vector<Entry>& machine = machine_of(route, request.now);
  std::erase_if(machine, [&](const Entry& entry) { return !is_alive(entry, request.now); });
  const auto found = std::ranges::find(machine, request.prefix, &Entry::prefix);
  if (found == machine.end()) {
    if (machine.size() >= kMaxPrefixes) machine.erase(oldest_of(machine));
    machine.push_back({.prefix = request.prefix,
                       .ready_at = request.prefilled_at,
                       .created_at = request.now,
                       .used_at = request.now});
    return 0;
  }
  found->used_at = request.now;
  return request.now < found->ready_at ? 0 : hit_tokens(request.prefix_tokens);
}

PrefixCache::Route& PrefixCache::route_of(const Request& request) {
  name_.clear();
  if (kind_ == PromptCacheKind::automatic) {
    name_.assign(reinterpret_cast<const char*>(&request.prefix), sizeof request.prefix);
  }
  name_.append(request.cache_key);
  auto found = routes_.find(name_);
  if (found == routes_.end()) {
    if (routes_.size() >= kMaxRoutes) routes_.erase(oldest_of(routes_));
    found = routes_.try_emplace(name_).first;
    found->second.minute_began = request.now;
  }
  found->second.used_at = request.now;
  return found->second;
}

std::vector<PrefixCache::Entry>& PrefixCache::machine_of(Route& route, TimePoint now) const {
  if (now - route.minute_began >= 1min) {
    route.minute_began = now;
    route.in_this_minute = 0;
  }
  const auto which =
      static_cast<std::size_t>(route.in_this_minute++ / kRequestsPerMachineAndMinute) % kMaxMachines;
  if (which >= route.machines.size()) route.machines.resize(which + 1);
  return route.machines[which];
}

bool PrefixCache::is_alive(const Entry& entry, TimePoint now) const {
  if (kind_ == PromptCacheKind::explicit_breakpoint) return now - entry.used_at < kExplicitIdleLife;
  return now - entry.used_at < kIdleLife && now - entry.created_at < kLongestLife;
}

std::uint64_t PrefixCache::hit_tokens(std::uint64_t prefix_tokens) const {
  if (kind_ == PromptCacheKind::explicit_breakpoint) return prefix_tokens;
  return prefix_tokens / kStepTokens * kStepTokens;
}

}  // namespace sv::sim
