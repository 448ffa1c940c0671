// What an admission costs while 10,000 rows wait for theirs (issue 3: at least 20,000 a second on one core).
#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "limits/admission_gate.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sv::bench {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kWaiting = 10'000;
constexpr std::uint64_t kTokens = 1'400;  // of a row with its rulebook

// Time stands until somebody sleeps, and is then what he waits for: the benchmark measures the scheduling,
// not the pace. A sleep is a turn through the io_context, as with a real timer.
class LeapingClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return {}; }
  asio::awaitable<void> sleep_until(TimePoint when) override {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    if (when > now_) now_ = when;
  }
  // Nobody is woken early here: nothing is paused or heard.
  asio::awaitable<void> sleep_until(TimePoint when, Alarm&) override { return sleep_until(when); }

 private:
  TimePoint now_{std::chrono::hours(1)};
};

struct Line {
  limits::AdmissionGate& gate;
  std::uint64_t left = 0;
  std::uint64_t waiting = 0;  // summed over the admissions
};

// The permit is held for a turn through the io_context, as over a request: else who has one would go round
// alone.
asio::awaitable<void> wait_in_line(Line& line) {
  const auto executor = co_await asio::this_coro::executor;
  while (line.left > 0) {
    --line.left;
    const limits::AdmissionGate::Admission admission = co_await line.gate.admit(kTokens);
    line.waiting += line.gate.waiting();
    co_await asio::post(executor, asio::use_awaitable);
  }
}

// Every row that has gone comes again, so that nearly 10,000 wait until the last 10,000 admissions; the
// counter `waiting` is the mean.
void admit_while_ten_thousand_wait(benchmark::State& state, limits::PacerLimits limits,
                                   std::size_t in_flight) {
  constexpr std::uint64_t kAdmissions = 200'000;
  std::uint64_t waiting = 0;
  for (auto iteration : state) {
    asio::io_context io(1);
    LeapingClock clock;
    limits::AdmissionGate gate(clock, in_flight, limits);
    Line line{.gate = gate, .left = kAdmissions};
    TaskGroup group(io.get_executor());
    for (std::size_t i = 0; i < kWaiting; ++i) group.spawn(wait_in_line(line));
    io.run();
    waiting += line.waiting;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kAdmissions));
  state.counters["waiting"] =
      static_cast<double>(waiting) /
      static_cast<double>(state.iterations() * static_cast<std::int64_t>(kAdmissions));
}

// Each admission is a wake-up of its own: the dearest case.
BENCHMARK_CAPTURE(admit_while_ten_thousand_wait, paced_one_by_one,
                  limits::PacerLimits{.requests_per_minute = 60'000,
                                      .tokens_per_minute = 80'000'000,
                                      .burst = std::chrono::milliseconds(0)},
                  20'000);
BENCHMARK_CAPTURE(admit_while_ten_thousand_wait, paced,
                  limits::PacerLimits{.requests_per_minute = 60'000, .tokens_per_minute = 80'000'000},
                  20'000);
BENCHMARK_CAPTURE(admit_while_ten_thousand_wait, ten_permits_without_a_rate, limits::PacerLimits{}, 10);

}  // namespace
}  // namespace sv::bench
