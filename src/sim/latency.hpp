// How long the simulated provider thinks.
//
//   200ms, fixed:200ms            always the same; 0 answers at once
//   lognormal:median=2s,p95=6s    what providers look like: a long tail to the right
//   mixture:90%=200ms,10%=2s      a share of slow answers
//
// A draw depends on the random source alone, so the same seed and request number give the same latency.
#pragma once

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

class Latency {
 public:
  Latency() = default;  // zero
  static Latency fixed(Duration value);
  // Precondition: 0 < median <= p95.
  static Latency lognormal(Duration median, Duration p95);

  // Takes exactly two numbers from `random`, whatever the shape: latencies of one seed stay comparable.
  Duration draw(Random& random) const;

 private:
  friend Result<Latency> parse_latency(std::string_view text);
  struct Part {
    double share_below;  // cumulated
    Duration value;
  };
  std::vector<Part> parts_;  // of a mixture; a fixed latency is a mixture of one
  double median_seconds_ = 0;
  double sigma_ = 0;
};

// Error: invalid_input, with what is wrong and an example.
Result<Latency> parse_latency(std::string_view text);

}  // namespace sv::sim
