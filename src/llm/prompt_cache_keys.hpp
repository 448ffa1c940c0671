// Which prompt_cache_key each request carries, so that nearly all of them hit the provider's prompt cache.
//
// Pure arithmetic on time passed in. The provider's machines take about 15 requests a minute of one prefix
// and key; more overflow to further machines, and each new one misses once. An entry can be hit only after
// the first reply of its key (pacing.md §6). So the requests of a run are spread over keys "PREFIX-0",
// "PREFIX-1", …:
//
//   cold ── the first request is sent (it misses) ──▶ warming ── its reply ──▶ warm ── idle too long ──▶ cold
//                                                        └─ failed ──▶ cold
//
//   - a warm key takes at most 15 requests in any minute
//   - among as many warm keys as the last minute's requests need, the one that was idle longest is taken
//   - only when no warm key may take the request, a further one is opened: one miss for each 15 requests a
//     minute, whatever the rate is, and none for a rate that falls
//   - when replies on warm keys never report cached tokens, one key is enough
//
// pacing.md proposes hash(row) mod K instead. Rejected: rows fall unevenly into K keys, so that most keys
// exceed 15 in some minute and open a second machine, and a burst at the start misses on all of them (figures
// in ADR 12).
#pragma once

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sv::llm {

// Requests of the last minute, to the second.
class RequestRate {
 public:
  void add(TimePoint now);
  std::size_t last_minute(TimePoint now);

 private:
  void advance(TimePoint now);

  std::array<std::uint32_t, 60> by_second_{};
  std::int64_t second_ = 0;
  std::size_t sum_ = 0;
};

class PromptCacheKeys {
 public:
  // What one machine of the provider takes (openai-api.md §8).
  static constexpr std::size_t kRequestsPerMinute = 15;

  struct Use {
    std::uint32_t key = 0;
    bool is_warm = false;  // a hit is to be expected
  };

  // For a request that is sent now.
  Use take(TimePoint now);

  // What became of it. `cached`: its input tokens that were read from the cache; nothing when no usage was
  // reported, or no answer came.
  void note_reply(const Use& use, std::optional<std::uint64_t> cached);

  // How many keys this many requests a minute need.
  static std::size_t needed_for(std::uint64_t requests_per_minute);

  // How many requests, each on a key of its own, go ahead of a run so that the rest finds the keys warm. None
  // where waiting could cost time: when no limit is known that holds the rest back anyway, and when the run
  // ends within one minute's limit, which may be unspent and go out at once.
  static std::size_t leaders_for(std::optional<std::uint64_t> requests_per_minute, std::uint64_t rows_after);

  // Replies on warm keys never reported cached tokens: the provider does not cache, or does not say so.
  bool is_in_vain() const { return is_in_vain_; }
  std::size_t opened() const { return keys_.size(); }

 private:
  struct Key {
    enum class State : std::uint8_t { cold, warming, warm };
    State state = State::cold;
    TimePoint used_at = TimePoint::min();
    // When its last requests were sent, in a ring; `oldest` is the next to be overwritten.
    std::array<TimePoint, kRequestsPerMinute> sent_at = filled_with(TimePoint::min());
    std::size_t oldest = 0;
  };
  static std::array<TimePoint, kRequestsPerMinute> filled_with(TimePoint when);
  static bool has_room(const Key& key, TimePoint now);
  static void cool(Key& key, TimePoint now);
  std::optional<std::size_t> find_warm(TimePoint now);
  std::optional<std::size_t> find_cold();
  Use send(std::size_t key, TimePoint now, bool is_warm);

  std::vector<Key> keys_;
  RequestRate rate_;
  std::size_t next_over_ = 0;  // when all keys are full
  std::uint64_t expected_hits_ = 0;
  std::uint64_t hits_ = 0;
  bool is_in_vain_ = false;
};

}  // namespace sv::llm
