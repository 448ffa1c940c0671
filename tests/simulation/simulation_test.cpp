// A thousand whole lives of the program (issue 5, acceptance line 3).
//
//   SV_SEEDS=100000 build/release/bin/simulation_test     as many seeds
//   SV_SEED=4711 build/release/bin/simulation_test        that one again, with its trace
#include "simulation/simulation.hpp"

#include "base/log.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace sv::simulation {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Simulation : public testing::Test {
 protected:
  void SetUp() override { set_log_level(LogLevel::error); }
};

TEST_F(Simulation, keeps_its_promises_in_every_seed) {
  if (const std::uint64_t seed = number_from("SV_SEED", 0); seed != 0) {
    EXPECT_EQ(play(seed, true).violation, "") << "seed " << seed;
    return;
  }
  const std::uint64_t seeds = number_from("SV_SEEDS", 1000);
  Played sum;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Played played = play(seed);
    ASSERT_EQ(played.violation, "") << "again, with its trace: SV_SEED=" << seed
                                    << " build/release/bin/simulation_test";
    sum.processes += played.processes;
    sum.kills += played.kills;
    sum.requests += played.requests;
    sum.events += played.events;
    sum.fired += played.fired;
  }
  std::printf("%llu seeds: %d processes, %d killed, %llu requests, %llu events, %llu fault points fired\n",
              static_cast<unsigned long long>(seeds), sum.processes, sum.kills,
              static_cast<unsigned long long>(sum.requests), static_cast<unsigned long long>(sum.events),
              static_cast<unsigned long long>(sum.fired));
  // A simulation in which nothing goes wrong shows nothing.
  EXPECT_GT(sum.kills, static_cast<int>(seeds / 4));
  EXPECT_GT(sum.fired, seeds);
}

TEST_F(Simulation, plays_a_seed_the_same_way_twice) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Played first = play(seed);
    const Played second = play(seed);
    EXPECT_EQ(first.trace_hash, second.trace_hash) << seed;
    EXPECT_EQ(first.events, second.events) << seed;
    EXPECT_EQ(first.requests, second.requests) << seed;
  }
}

}  // namespace
}  // namespace sv::simulation
