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

  // This share of the draws takes `factor` times as long. 0 <= share <= 1, factor >= 1.
  void set_stragglers(double share, double factor);

  // Takes exactly two numbers from `random`, whatever the shape (one more with stragglers):
  // latencies of one seed stay comparable.
  Duration draw(Random& random) const;

 private:
  friend Result<Latency> parse_latency(std::string_view text);
  Duration draw_usual(Random& random) const;
  struct Part {
    double share_below;  // cumulated
    Duration value;
  };
  std::vector<Part> parts_;  // of a mixture; a fixed latency is a mixture of one
  double median_seconds_ = 0;
  double sigma_ = 0;
  double straggler_share_ = 0;
  double straggler_factor_ = 1;
};

// Error: invalid_input, with what is wrong and an example.
Result<Latency> parse_latency(std::string_view text);

struct Stragglers {
  double share = 0;
  double factor = 1;
};
// "1%x10": one draw in a hundred takes ten times as long. Error: as above.
Result<Stragglers> parse_stragglers(std::string_view text);

}  // namespace sv::sim
