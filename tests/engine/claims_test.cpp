// Runs of several processes over one answer cache, at the same time.
#include "engine/world.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sv::engine {
namespace {

using namespace std::chrono_literals;

// What is claimed, by all.
struct Claimed {
  std::map<domain::AnswerKey, int> by;
  std::map<int, std::uint64_t> answers;
};

class Claims final : public ports::QuestionClaims {
 public:
  Claims(Claimed& all, int who) : all_(all), who_(who) {}
  bool try_claim(const domain::AnswerKey& question) override {
    ++tries;
    return all_.by.try_emplace(question, who_).first->second == who_;
  }
  void release(const domain::AnswerKey& question, bool is_answered) override {
    if (is_answered) ++all_.answers[who_];
    const auto found = all_.by.find(question);
    if (found != all_.by.end() && found->second == who_) all_.by.erase(found);
  }
  std::uint64_t answers_of_others() const override {
    std::uint64_t sum = 0;
    for (const auto& [who, answers] : all_.answers) sum += who == who_ ? 0 : answers;
    return sum;
  }
  int tries = 0;

 private:
  Claimed& all_;
  int who_;
};

domain::AnswerKey key_of(const std::string& comment) {
  std::vector<domain::AnswerKey> keys;
  fakes::Keys().append_keys(fakes::make_row(0, comment), keys);
  return keys.front();
}

TEST(Claims, two_processes_pay_for_each_question_once) {
  World world(fakes::numbered_rows(300));
  fakes::Source other_source(fakes::numbered_rows(300));
  fakes::Sink sink;
  fakes::Sink other_sink;
  Claimed claimed;
  Claims claims(claimed, 1);
  Claims other_claims(claimed, 2);
  world.claims = &claims;
  const RunContext first = world.context(sink);
  const RunContext second{.executor = world.io.get_executor(),
                          .source = other_source,
                          .sink = other_sink,
                          .cache = world.cache,
                          .llm = world.llm,
                          .keys = world.keys,
                          .rulebook = world.rulebook,
                          .observer = world.watch,
                          .clock = world.clock,
                          .stop = world.stop,
                          .claims = &other_claims};
  std::vector<RunResult> results;
  for (const RunContext& context : {first, second}) {
    boost::asio::co_spawn(world.io, run(context, {.workers = 20}),
                          [&](std::exception_ptr error, RunResult result) {
                            if (error) std::rethrow_exception(error);
                            results.push_back(std::move(result));
                          });
  }
  support::run_until_idle(world.io, world.clock);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(world.llm.total_asked(), 300) << "each question is paid for by one of them";
  std::uint64_t judged = 0;
  for (const RunResult& result : results) {
    EXPECT_TRUE(result.is_complete());
    EXPECT_EQ(result.counts.judged + result.counts.cached, 300U);
    judged += result.counts.judged;
  }
  EXPECT_EQ(judged, 300U);
  EXPECT_EQ(sink.by_place.size(), 300U);
  EXPECT_EQ(other_sink.by_place.size(), 300U);
  EXPECT_TRUE(claimed.by.empty()) << "nothing stays claimed";
}

boost::asio::awaitable<void> later(Clock& clock, TimePoint when, std::function<void()> act) {
  co_await clock.sleep_until(when);
  act();
}

// Another process asks the second of three rows.
struct HeldWorld : World {
  HeldWorld() : World(fakes::numbered_rows(3)) {
    claimed.by[key_of("comment 1")] = 2;
    claims = &own_claims;
  }
  // `after` that time `then` happens.
  RunResult play(Duration after, std::function<void()> then, RunOptions options = {}) {
    return run_into(sink, options, later(clock, clock.now() + after, std::move(then)));
  }
  fakes::Sink sink;
  Claimed claimed;
  Claims own_claims{claimed, 1};
};

TEST(Claims, what_another_process_has_answered_meanwhile_is_taken) {
  HeldWorld world;
  const RunResult result = world.play(30s, [&] {
    world.cache.answers[key_of("comment 1")] = std::make_shared<const domain::Answer>();
    Claims(world.claimed, 2).release(key_of("comment 1"), true);
  });
  EXPECT_EQ(result.counts.judged, 2U);
  EXPECT_EQ(result.counts.cached, 1U);
  EXPECT_EQ(world.llm.asked.count("comment 1"), 0U);
  EXPECT_LT(world.clock.elapsed(), 32s) << "it looks every second at least";
  EXPECT_LT(world.own_claims.tries, 50) << "and not much more often";
}

TEST(Claims, what_another_process_could_not_answer_is_asked) {
  HeldWorld world;
  const RunResult result =
      world.play(30s, [&] { Claims(world.claimed, 2).release(key_of("comment 1"), false); });
  EXPECT_EQ(result.counts.judged, 3U);
  EXPECT_EQ(world.llm.asked["comment 1"], 1);
}

TEST(Claims, a_process_that_is_stuck_is_not_waited_for_for_ever) {
  HeldWorld world;
  const RunResult result = world.play(0s, [] {});
  EXPECT_EQ(result.counts.judged, 3U);
  EXPECT_GT(world.clock.elapsed(), 14min);
  EXPECT_LT(world.clock.elapsed(), 16min);
}

TEST(Claims, a_stop_ends_the_waiting_within_a_second) {
  HeldWorld world;
  const RunResult result = world.play(30s, [&] { world.stop.request(); });
  EXPECT_EQ(result.counts.judged, 2U);
  EXPECT_FALSE(result.is_complete());
  EXPECT_LT(world.clock.elapsed(), 32s);
}

TEST(Claims, force_asks_at_once) {
  HeldWorld world;
  const RunResult result = world.play(0s, [] {}, {.must_ask_all = true});
  EXPECT_EQ(result.counts.judged, 3U);
  EXPECT_LT(world.clock.elapsed(), 10s);
  EXPECT_EQ(world.own_claims.tries, 0);
}

}  // namespace
}  // namespace sv::engine
