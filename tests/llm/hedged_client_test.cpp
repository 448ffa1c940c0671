// Late rows that are asked about twice, in virtual time.
#include "llm/hedged_client.hpp"

#include "base/stop_signal.hpp"
#include "base/task_group.hpp"
#include "llm/fakes.hpp"
#include "llm/fallback_client.hpp"
#include "llm/limited_client.hpp"
#include "llm/provider_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;
using fakes::join;
using fakes::judge_named;
using fakes::Provider;

// Its latencies in turn, then the last of them for ever; can be cancelled.
class ScriptedLatency final : public ports::LlmClient {
 public:
  ScriptedLatency(std::vector<Duration> latencies, Clock& clock)
      : latencies_(std::move(latencies)), clock_(clock) {}
  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override {
    const std::size_t number = asked++;
    const TimePoint when = clock_.now() + latencies_[std::min(number, latencies_.size() - 1)];
    Alarm nobody;
    Alarm& cancel = ask.cancel == nullptr ? nobody : *ask.cancel;
    co_await clock_.sleep_until(when, cancel);
    if (clock_.now() < when) {
      ++cancelled;
      co_return fail(ErrorKind::cancelled, "not needed");
    }
    if (failing.contains(number)) co_return fail(ErrorKind::server_error, "as told");
    domain::Answer answer;
    answer.provider = std::to_string(number);
    co_return std::make_shared<const domain::Answer>(std::move(answer));
  }
  std::size_t asked = 0;
  int cancelled = 0;
  std::set<std::size_t> failing;

 private:
  std::vector<Duration> latencies_;
  Clock& clock_;
};

boost::asio::awaitable<void> watch_last(ports::LlmClient& client) { co_await client.watch_last_rows(); }

struct Hedging : testing::Test {
  // A hundred rows that take a second each, then the last ones at once, and who watches them.
  std::vector<std::string> judge_last(std::vector<Duration> last, std::size_t rows, double budget = 0.05) {
    std::vector<Duration> latencies(100, 1s);
    latencies.insert(latencies.end(), last.begin(), last.end());
    model.emplace(std::move(latencies), clock);
    model->failing = failing;
    const auto one = [](const ports::Ask&) { return std::uint64_t{1}; };
    HedgedClient hedged(*model, "first", budget, provider.gate, one, stop, clock, watch);
    LimitedClient limited(hedged, provider.gate, provider.guard, one, stop, clock);
    FallbackClient client({{.client = &limited, .guard = &provider.guard, .hedged = &hedged}}, false, clock,
                          stop);
    for (int i = 0; i < 100; ++i) fakes::judge(io, clock, client);
    began = clock.now();
    std::vector<std::string> names;
    TaskGroup group(io.get_executor());
    for (std::size_t i = 0; i < rows; ++i) group.spawn(judge_named(client, names));
    group.spawn(watch_last(client));
    boost::asio::co_spawn(io, join(group), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    support::run_until_idle(io, clock);
    EXPECT_EQ(group.running(), 0U);
    EXPECT_EQ(provider.gate.in_flight(), 0U);
    EXPECT_EQ(clock.sleepers(), 0U) << "nothing is left behind";
    return names;
  }

  boost::asio::io_context io;
  support::VirtualClock clock;
  StopSignal stop;
  Random random{1};
  fakes::Watch watch;
  Provider provider{"first", clock, watch, stop, random};
  std::optional<ScriptedLatency> model;
  std::set<std::size_t> failing;
  TimePoint began;
};

TEST_F(Hedging, the_second_request_wins_and_the_first_is_cancelled) {
  EXPECT_EQ(judge_last({60s, 1s}, 1), std::vector<std::string>{"101"});
  EXPECT_EQ(watch.hedges, 1);
  EXPECT_EQ(model->cancelled, 1);
  EXPECT_LE(clock.now() - began, 2100ms);
}

TEST_F(Hedging, the_first_request_wins_and_the_second_is_cancelled) {
  EXPECT_EQ(judge_last({1500ms, 60s}, 1), std::vector<std::string>{"100"});
  EXPECT_EQ(watch.hedges, 1);
  EXPECT_EQ(model->cancelled, 1);
  EXPECT_EQ(clock.now() - began, 1500ms);
}

TEST_F(Hedging, an_answer_is_not_lost_when_the_other_request_fails) {
  failing = {100};
  EXPECT_EQ(judge_last({1500ms, 5s}, 1), std::vector<std::string>{"101"});
  EXPECT_EQ(model->cancelled, 0);
}

TEST_F(Hedging, a_failed_second_request_does_not_end_the_first) {
  failing = {101};
  EXPECT_EQ(judge_last({5s, 100ms}, 1), std::vector<std::string>{"100"});
  EXPECT_EQ(watch.hedges, 1) << "a row is hedged once";
  EXPECT_EQ(clock.now() - began, 5s);
}

TEST_F(Hedging, keeps_within_its_budget) {
  judge_last({60s, 60s, 60s, 60s, 60s, 60s, 60s, 60s, 60s, 60s, 1s}, 10);
  EXPECT_EQ(watch.hedges, 5) << "5 % of 110";
}

TEST_F(Hedging, is_off_without_a_budget_after_the_stop_and_while_a_pause_lasts) {
  judge_last({60s, 1s}, 1, 0);
  EXPECT_EQ(watch.hedges, 0);
  provider.gate.note_rate_limited(100s, {});
  // The row itself was sent before.
  EXPECT_EQ(provider.gate.next_admission(1), clock.now() + 100s + 10ms);
  EXPECT_FALSE(provider.gate.try_admit(1));
}

}  // namespace
}  // namespace sv::llm
