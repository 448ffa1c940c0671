// Chance is a parameter too: seeded, so that a run with the same seed takes the same decisions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace sv {

// xoshiro256** by Blackman and Vigna (public domain algorithm); not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  std::uint64_t next();
  // Uniform in [0, 1).
  double uniform();
  // Uniform in [low, high).
  double uniform(double low, double high);
  // Uniform in [0, bound); 0 when bound is 0.
  std::uint64_t below(std::uint64_t bound);
  // Standard normal (Box-Muller).
  double normal();

 private:
  std::array<std::uint64_t, 4> state_;
};

// 64 bits from the operating system.
std::uint64_t random_seed();

// `bytes` bytes from the operating system's generator as lower-case hexadecimal: for marks that must not be
// guessed.
std::string unguessable_hex(std::size_t bytes);

// 32 bits from there.
std::uint32_t unguessable_bits();

}  // namespace sv
