// The automatic window before servers that have slots instead of rates.
#include "base/random.hpp"
#include "limits/in_flight_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

// A server that works on `slots` requests at a time and queues the rest, as Ollama or vLLM do; gives the
// largest window in 1,000 answers.
std::size_t widest(std::size_t slots, std::uint64_t seed) {
  Random random(seed);
  InFlightWindow window(1000, true);
  TimePoint now{1h};
  // When each slot is free again, and of each request in flight when it was sent and when it ends.
  std::priority_queue<TimePoint, std::vector<TimePoint>, std::greater<>> free;
  for (std::size_t i = 0; i < slots; ++i) free.push(now);
  using Sent = std::pair<TimePoint, TimePoint>;  // end, sent
  std::priority_queue<Sent, std::vector<Sent>, std::greater<>> in_flight;
  std::size_t most = 0;
  for (int answers = 0; answers < 1000;) {
    while (in_flight.size() < window.limit()) {
      const TimePoint begin = std::max(now, free.top());
      free.pop();
      const TimePoint end = begin + from_seconds(3 * std::exp(0.5 * random.normal()));
      free.push(end);
      in_flight.emplace(end, now);
    }
    const auto [end, sent] = in_flight.top();
    now = end;
    window.note_answer(now, now - sent, in_flight.size() >= window.limit(), std::nullopt);
    in_flight.pop();
    ++answers;
    most = std::max(most, window.limit());
  }
  return most;
}

TEST(InFlightKnee, stops_where_a_server_only_queues) {
  for (const std::size_t slots : {1U, 4U, 16U}) {
    std::vector<std::size_t> all;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) all.push_back(widest(slots, seed));
    std::ranges::sort(all);
    EXPECT_LE(all[2], std::max<std::size_t>(80, 14 * slots)) << slots;
  }
}

TEST(InFlightKnee, goes_on_where_more_in_flight_brings_more) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) EXPECT_GE(widest(100'000, seed), 300U) << seed;
}

TEST(InFlightKnee, keeps_to_the_slots_that_a_provider_names_and_tries_one_more_each_minute) {
  InFlightWindow window(1000, true);
  TimePoint now{1h};
  window.note_too_many(now, 3);
  EXPECT_EQ(window.limit(), 3U);
  window.note_answer(now + 59s, 3s, true, std::nullopt);
  EXPECT_EQ(window.limit(), 3U);
  window.note_answer(now + 60s, 3s, true, std::nullopt);
  EXPECT_EQ(window.limit(), 4U);
  window.note_too_many(now + 61s, 0);
  EXPECT_EQ(window.limit(), 1U) << "one at a time is the least";
}

}  // namespace
}  // namespace sv::limits
