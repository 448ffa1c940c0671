#include "base/random.hpp"

#include "base/assert.hpp"
#include "base/hash.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <span>
#include <sys/random.h>

namespace sv {

Random::Random(std::uint64_t seed) {
  // splitmix64 spreads a small seed over the whole state, as the authors of xoshiro advise.
  for (auto& word : state_) {
    seed += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    word = mixed ^ (mixed >> 31U);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5U, 7) * 9U;
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

double Random::uniform(double low, double high) { return low + (high - low) * uniform(); }

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound == 0) return 0;
  return static_cast<std::uint64_t>(uniform() * static_cast<double>(bound));
}

double Random::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  SV_ASSERT(getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed), "getrandom gives 8 bytes");
  return seed;
}

namespace {

// Good until the next call.
std::span<const std::uint8_t> unguessable_bytes(std::size_t bytes) {
  // One system call serves many marks: getrandom for 12 bytes would cost as much as building a request.
  thread_local std::array<std::uint8_t, 240> pool;
  thread_local std::size_t used = pool.size();
  SV_ASSERT(bytes <= pool.size(), "a mark fits the pool");
  if (pool.size() - used < bytes) {
    SV_ASSERT(getrandom(pool.data(), pool.size(), 0) == static_cast<ssize_t>(pool.size()),
              "getrandom fills 240 bytes");
    used = 0;
  }
  used += bytes;
  return {pool.data() + used - bytes, bytes};
}

}  // namespace

std::string unguessable_hex(std::size_t bytes) { return to_hex(unguessable_bytes(bytes)); }

std::uint32_t unguessable_bits() {
  std::uint32_t bits = 0;
  std::memcpy(&bits, unguessable_bytes(sizeof bits).data(), sizeof bits);
  return bits;
}

}  // namespace sv
