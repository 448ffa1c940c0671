// Rows that overflow to the next provider, in virtual time.
#include "base/stop_signal.hpp"
#include "base/task_group.hpp"
#include "llm/fakes.hpp"
#include "llm/fallback_client.hpp"
#include "llm/limited_client.hpp"
#include "llm/provider_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;
using fakes::join;
using fakes::judge_named;
using fakes::Provider;

// A model that answers after a while.
class SlowModel final : public ports::LlmClient {
 public:
  SlowModel(std::string name, Clock& clock, Duration latency)
      : name_(std::move(name)), clock_(clock), latency_(latency) {}
  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask) override {
    ++asked;
    const TimePoint when = clock_.now() + latency_;
    co_await clock_.sleep_until(when);
    domain::Answer answer;
    answer.provider = name_;
    co_return std::make_shared<const domain::Answer>(std::move(answer));
  }
  int asked = 0;

 private:
  std::string name_;
  Clock& clock_;
  Duration latency_;
};

struct Spilling : testing::Test {
  // Forty rows at a first provider with two permits and one second of latency, and a second with one permit
  // and two seconds; gives who judged them.
  std::vector<std::string> judge_rows(bool spill) {
    Provider a("first", clock, watch, stop, random, true, 2);
    Provider b("second", clock, watch, stop, random, true, 1);
    SlowModel slow_a("first", clock, 1s);
    SlowModel slow_b("second", clock, 2s);
    const auto one = [](const ports::Ask&) { return std::uint64_t{1}; };
    LimitedClient limited_a(slow_a, a.gate, a.guard, one, stop, clock);
    LimitedClient limited_b(slow_b, b.gate, b.guard, one, stop, clock);
    FallbackClient client(
        {{.client = &limited_a, .guard = &a.guard}, {.client = &limited_b, .guard = &b.guard}}, spill, clock,
        stop);
    std::vector<std::string> names;
    TaskGroup group(io.get_executor());
    for (int i = 0; i < 40; ++i) group.spawn(judge_named(client, names));
    boost::asio::co_spawn(io, join(group), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    support::run_until_idle(io, clock);
    return names;
  }

  boost::asio::io_context io;
  support::VirtualClock clock;
  StopSignal stop;
  Random random{1};
  fakes::Watch watch;
};

TEST_F(Spilling, keeps_all_providers_busy_without_collecting_rows_at_the_slow_one) {
  const std::vector<std::string> names = judge_rows(true);
  ASSERT_EQ(names.size(), 40U);
  // 2.5 rows a second together, and at the end one that had already begun to queue at the slow one.
  EXPECT_NEAR(static_cast<double>(std::ranges::count(names, "second")), 8, 1);
  EXPECT_LE(clock.elapsed(), 18s);
}

TEST_F(Spilling, is_off_unless_it_is_wanted) {
  const std::vector<std::string> names = judge_rows(false);
  EXPECT_EQ(std::ranges::count(names, "first"), 40);
  EXPECT_EQ(clock.elapsed(), 20s);
}

}  // namespace
}  // namespace sv::llm
