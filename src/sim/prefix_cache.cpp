#include "sim/prefix_cache.hpp"

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
// Ours: bounds of memory.
constexpr std::size_t kMaxMachines = 64;
constexpr std::size_t kMaxEntries = 1024;

}  // namespace

std::uint64_t PrefixCache::look_up(std::string_view cache_key, std::uint64_t prefix,
                                   std::uint64_t prefix_tokens, TimePoint now, TimePoint ready_at) {
  if (prefix_tokens < kMinimumTokens) return 0;
  name_.assign(reinterpret_cast<const char*>(&prefix), sizeof prefix).append(cache_key);
  auto found = entries_.find(name_);
  if (found == entries_.end()) {
    if (entries_.size() >= kMaxEntries) forget_oldest();
    found = entries_.try_emplace(name_).first;
    found->second.minute_began = now;
  }
  Entry& entry = found->second;
  entry.used_at = now;
  if (now - entry.minute_began >= 1min) {
    entry.minute_began = now;
    entry.in_this_minute = 0;
  }
  const std::size_t which =
      static_cast<std::size_t>(entry.in_this_minute++ / kRequestsPerMachineAndMinute) % kMaxMachines;
  if (which >= entry.machines.size()) entry.machines.resize(which + 1);
  Machine& machine = entry.machines[which];
  const bool is_alive =
      machine.is_filled && now - machine.used_at < kIdleLife && now - machine.created_at < kLongestLife;
  if (!is_alive) {
    machine = {.ready_at = ready_at, .created_at = now, .used_at = now, .is_filled = true};
    return 0;
  }
  machine.used_at = now;
  if (now < machine.ready_at) return 0;
  return prefix_tokens / kStepTokens * kStepTokens;
}

void PrefixCache::forget_oldest() {
  const auto oldest = std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
    return a.second.used_at < b.second.used_at;
  });
  if (oldest != entries_.end()) entries_.erase(oldest);
}

}  // namespace sv::sim
