#include "llm/prompt_cache_keys.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace sv::llm {

namespace {

using namespace std::chrono_literals;

// An entry lives 5 to 10 idle minutes, at most one hour (openai-api.md §8); the shorter, and a little less.
constexpr Duration kIdleLife = 280s;
// Bounds the memory: 15,000 requests a minute. What exceeds it overflows, as it would with one key.
constexpr std::size_t kMaxKeys = 1000;
// Replies without cached tokens, where they were to be expected, after which keys are given up.
constexpr std::uint64_t kPatience = 20;

}  // namespace

void RequestRate::add(TimePoint now) {
  advance(now);
  ++by_second_.at(static_cast<std::size_t>(second_) % by_second_.size());
  ++sum_;
}

std::size_t RequestRate::last_minute(TimePoint now) {
  advance(now);
  return sum_;
}

void RequestRate::advance(TimePoint now) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second - second_ >= std::ssize(by_second_)) {
    by_second_.fill(0);
    sum_ = 0;
    second_ = second;
  }
  while (second_ < second) {
    std::uint32_t& fallen_out = by_second_.at(static_cast<std::size_t>(++second_) % by_second_.size());
    sum_ -= fallen_out;
    fallen_out = 0;
  }
}

std::size_t PromptCacheKeys::needed_for(std::uint64_t requests_per_minute) {
  const std::uint64_t keys = (requests_per_minute + kRequestsPerMinute - 1) / kRequestsPerMinute;
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(keys, 1, kMaxKeys));
}

std::size_t PromptCacheKeys::leaders_for(std::optional<std::uint64_t> requests_per_minute,
                                         std::uint64_t rows_after) {
  if (!requests_per_minute || rows_after <= *requests_per_minute) return 0;
  return needed_for(*requests_per_minute);
}

PromptCacheKeys::Use PromptCacheKeys::take(TimePoint now) {
  if (keys_.empty()) keys_.emplace_back();
  if (is_in_vain_) return send(0, now, keys_[0].state == Key::State::warm);
  if (const std::optional<std::size_t> warm = find_warm(now)) return send(*warm, now, true);
  if (const std::optional<std::size_t> cold = find_cold()) return send(*cold, now, false);
  return send(next_over_++ % keys_.size(), now, false);
}

// Among the first keys, as many as the rate needs, the one that was idle longest, so that each gets its share
// evenly; else the first further one. Those that are not needed fall idle and are forgotten.
std::optional<std::size_t> PromptCacheKeys::find_warm(TimePoint now) {
  const std::size_t in_last_minute = rate_.last_minute(now);
  if (in_last_minute >= kMaxKeys * kRequestsPerMinute) return std::nullopt;
  const std::size_t needed = needed_for(in_last_minute + 1);
  std::optional<std::size_t> chosen;
  for (std::size_t i = 0; i < keys_.size() && (i < needed || !chosen); ++i) {
    Key& key = keys_[i];
    cool(key, now);
    if (key.state != Key::State::warm || !has_room(key, now)) continue;
    if (!chosen || key.used_at < keys_[*chosen].used_at) chosen = i;
  }
  return chosen;
}

std::optional<std::size_t> PromptCacheKeys::find_cold() {
  const auto found = std::ranges::find(keys_, Key::State::cold, &Key::state);
  if (found != keys_.end()) return static_cast<std::size_t>(found - keys_.begin());
  if (keys_.size() == kMaxKeys) return std::nullopt;
  keys_.emplace_back();
  return keys_.size() - 1;
}

bool PromptCacheKeys::has_room(const Key& key, TimePoint now) {
  return key.sent_at.at(key.oldest) <= now - 1min;
}

void PromptCacheKeys::cool(Key& key, TimePoint now) {
  if (key.state == Key::State::warm && now - key.used_at > kIdleLife) key.state = Key::State::cold;
}

PromptCacheKeys::Use PromptCacheKeys::send(std::size_t which, TimePoint now, bool is_warm) {
  Key& key = keys_[which];
  if (key.state == Key::State::cold) key.state = Key::State::warming;
  key.used_at = now;
  key.sent_at.at(key.oldest) = now;
  key.oldest = (key.oldest + 1) % key.sent_at.size();
  rate_.add(now);
  return {.key = static_cast<std::uint32_t>(which), .is_warm = is_warm};
}

std::array<TimePoint, PromptCacheKeys::kRequestsPerMinute> PromptCacheKeys::filled_with(TimePoint when) {
  std::array<TimePoint, kRequestsPerMinute> times{};
  times.fill(when);
  return times;
}

void PromptCacheKeys::note_reply(const Use& use, std::optional<std::uint64_t> cached) {
  Key& key = keys_.at(use.key);
  if (!cached) {
    if (key.state == Key::State::warming) key.state = Key::State::cold;
    return;
  }
  key.state = Key::State::warm;
  if (*cached > 0) {
    ++hits_;
    is_in_vain_ = false;
    return;
  }
  if (!use.is_warm) return;
  ++expected_hits_;
  is_in_vain_ = hits_ == 0 && expected_hits_ >= kPatience;
}

}  // namespace sv::llm
