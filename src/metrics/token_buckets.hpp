// How many tokens requests took, in the buckets that OpenTelemetry advises for `gen_ai.client.token.usage`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sv::metrics {

// Upper bounds of 1, 4, 16 … 67,108,864 tokens, inclusive. A plain value; not thread-safe.
class TokenBuckets {
 public:
  static constexpr std::size_t kBounds = 14;
  static constexpr std::uint64_t bound(std::size_t index) { return std::uint64_t{1} << (2 * index); }

  void add(std::uint64_t tokens) {
    ++count_;
    sum_ += tokens;
    for (std::size_t i = 0; i < kBounds; ++i) {
      if (tokens <= bound(i)) ++at_most_.at(i);
    }
  }

  // Requests of at most bound(index) tokens.
  std::uint64_t at_most(std::size_t index) const { return at_most_.at(index); }
  std::uint64_t count() const { return count_; }
  std::uint64_t sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds> at_most_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace sv::metrics
