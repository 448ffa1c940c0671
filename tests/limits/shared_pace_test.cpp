// Several processes that obey one limit through shared cells, played as several pacers and gates in one.
#include "base/task_group.hpp"
#include "limits/admission_gate.hpp"
#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <thread>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

struct Admission {
  TimePoint when;
  double charge = 1;
};

// The largest excess over rate * (length + burst) in any window that begins and ends with a request, beyond
// the one charge that may stand above the burst. One pass: with f(i) = charges before i less rate * time of
// i, the excess of the window from a to b is f(b) + charge(b) - f(a).
double largest_excess(const std::vector<Admission>& sent, double per_second, double burst_seconds,
                      double largest_charge) {
  double before = 0;
  double lowest = INFINITY;
  double worst = -INFINITY;
  for (const Admission& admission : sent) {
    const double level = before - per_second * to_seconds(admission.when - kStart);
    lowest = std::min(lowest, level);
    worst = std::max(worst, level + admission.charge - lowest);
    before += admission.charge;
  }
  return worst - std::max(per_second * burst_seconds, largest_charge);
}

RC_GTEST_PROP(SharedPace, the_sum_of_all_never_exceeds_either_limit_in_any_window, ()) {
  const auto processes = *rc::gen::inRange<std::size_t>(1, 6);
  const auto rpm = *rc::gen::inRange<std::uint64_t>(1, 20'000);
  const auto tpm = *rc::gen::inRange<std::uint64_t>(1'000, 5'000'000);
  // Who looks, after how many microseconds, with which charge. Nobody waits as asked: all look at any time.
  const auto looks = *rc::gen::container<std::vector<std::tuple<std::uint8_t, std::uint32_t, std::uint16_t>>>(
      rc::gen::tuple(rc::gen::arbitrary<std::uint8_t>(), rc::gen::inRange<std::uint32_t>(0, 100'000),
                     rc::gen::inRange<std::uint16_t>(0, 2'000)));
  domain::PaceCells cells;
  std::deque<Pacer> pacers;
  for (std::size_t i = 0; i < processes; ++i) {
    pacers.emplace_back(PacerLimits{.requests_per_minute = rpm, .tokens_per_minute = tpm, .most_share = 0.98},
                        domain::PaceShare{cells, i + 1});
  }
  std::vector<Admission> requests;
  std::vector<Admission> tokens;
  TimePoint now = kStart;
  for (const auto& [who, pause, charge] : looks) {
    now += std::chrono::microseconds(pause);
    Pacer& pacer = pacers[who % processes];
    const bool may_send = pacer.earliest(now, charge) <= now;
    const bool sends = pacer.try_reserve(now, charge).has_value();
    RC_ASSERT(sends == may_send);
    if (!sends) {
      RC_ASSERT(pacer.wake_at(now, pacer.earliest(now, charge)) > now);
      continue;
    }
    requests.push_back({now, 1});
    tokens.push_back({now, static_cast<double>(charge)});
  }
  RC_ASSERT(largest_excess(requests, static_cast<double>(rpm) * 0.98 / 60, 0.05, 1) < 0.01);
  RC_ASSERT(largest_excess(tokens, static_cast<double>(tpm) * 0.98 / 60, 0.05, 2'000) < 0.01);
}

// Real threads on the same cells: what they take together is what one alone could have taken.
TEST(SharedPace, threads_that_take_at_the_same_moment_take_each_ticket_once) {
  domain::PaceCells cells;
  constexpr int kThreads = 4;
  constexpr std::uint64_t kPerMinute = 60'000'000;  // one each microsecond
  std::vector<std::uint64_t> taken(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Pacer pacer({.requests_per_minute = kPerMinute, .tokens_per_minute = kPerMinute, .share = 1.0},
                  domain::PaceShare{cells, i + 1});
      for (Duration at{}; at < 20ms; at += 1us) {
        while (pacer.try_reserve(kStart + at, 1)) ++taken[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t sum = 0;
  for (const std::uint64_t part : taken) sum += part;
  // 20 ms and the burst of 50 ms; a ticket that was given back as another passed by may be left over.
  EXPECT_LE(sum, 70'000U);
  EXPECT_GE(sum, 69'000U);
  EXPECT_EQ(cells.requests.sent.load(), sum);
  EXPECT_EQ(cells.tokens.sent.load(), sum);
}

TEST(SharedPace, a_limit_that_one_has_heard_holds_for_all) {
  domain::PaceCells cells;
  Pacer first({.share = 1.0}, domain::PaceShare{cells, 1});
  Pacer second({.share = 1.0}, domain::PaceShare{cells, 2});
  const SentMark mark = first.reserve(kStart, 0);
  first.hear({.requests = {.limit = 60, .remaining = 0}, .tokens = {}}, mark);
  ASSERT_TRUE(second.try_reserve(kStart, 0));
  EXPECT_EQ(first.earliest(kStart, 0), kStart + 1s);
  EXPECT_FALSE(second.try_reserve(kStart + 999ms, 0));
  EXPECT_TRUE(second.try_reserve(kStart + 1s, 0));
}

TEST(SharedPace, a_pause_that_one_was_asked_for_holds_for_all) {
  domain::PaceCells cells;
  Pacer first({}, domain::PaceShare{cells, 1});
  Pacer second({}, domain::PaceShare{cells, 2});
  first.pause_until(kStart + 20s);
  second.pause_until(kStart + 5s);
  EXPECT_EQ(second.earliest(kStart, 0), kStart + 20s);
  EXPECT_FALSE(second.try_reserve(kStart + 19s, 0));
}

// Both hear that 500 are left; what one has spent of them is not there for the other.
TEST(SharedPace, what_the_provider_calls_unspent_is_spent_once) {
  domain::PaceCells cells;
  Pacer first({}, domain::PaceShare{cells, 1});
  Pacer second({}, domain::PaceShare{cells, 2});
  const RateHeaders told{.requests = {.limit = 1'000, .remaining = 500}, .tokens = {}};
  const SentMark of_first = first.reserve(kStart, 0);
  const SentMark of_second = second.reserve(kStart, 0);
  first.hear(told, of_first);
  second.hear(told, of_second);
  std::uint64_t sent = 0;
  for (TimePoint now = kStart; now < kStart + 6s; now += 1ms) {
    for (Pacer* pacer : {&first, &second}) {
      while (pacer->try_reserve(now, 0)) ++sent;
    }
  }
  // Of the 500 all but 5 % of the limit, half of the time at a small multiple of the pace; then 98 % of the
  // even pace.
  EXPECT_LE(sent, 450U + 101U);
  EXPECT_GE(sent, 450U + 20U);
}

TEST(SharedPace, who_dies_before_its_turn_costs_the_others_a_tenth_of_a_second) {
  domain::PaceCells cells;
  Pacer dying({.tokens_per_minute = 60'000, .share = 1.0}, domain::PaceShare{cells, 1});
  Pacer living({.tokens_per_minute = 60'000, .share = 1.0}, domain::PaceShare{cells, 2});
  living.reserve(kStart, 100);
  const TimePoint turn = dying.earliest(kStart, 100);
  EXPECT_EQ(turn, kStart + 100ms);
  EXPECT_EQ(dying.wake_at(kStart, turn), turn);
  EXPECT_EQ(living.earliest(kStart, 100), turn + Pacer::kTurn);
  EXPECT_FALSE(living.try_reserve(turn, 100));
  EXPECT_TRUE(living.try_reserve(turn + Pacer::kTurn, 100));
}

struct Process {
  std::size_t rows = 0;
  Duration comes_at{};
  std::uint64_t charge = 0;  // tokens, of each row
};

struct Played {
  std::vector<Admission> sent;  // by all, one each
  std::vector<std::vector<Admission>> by_each;

  std::size_t sent_within(std::size_t process, Duration time) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        by_each[process], [&](const Admission& admission) { return admission.when <= kStart + time; }));
  }
};

boost::asio::awaitable<void> send_row(AdmissionGate& gate, support::VirtualClock& clock, Process process,
                                      Duration latency, Played& played, std::size_t number) {
  co_await clock.sleep_until(support::VirtualClock::kStart + process.comes_at);
  const AdmissionGate::Admission admission = co_await gate.admit(process.charge);
  const Admission sent{kStart + clock.elapsed(), 1};
  played.sent.push_back(sent);
  played.by_each[number].push_back(sent);
  co_await clock.sleep_until(clock.now() + latency);
}

// More requests in flight are allowed than the limit lets through.
Played play(PacerLimits limits, const std::vector<Process>& processes) {
  boost::asio::io_context io;
  support::VirtualClock clock;
  domain::PaceCells cells;
  Played played;
  played.by_each.resize(processes.size());
  std::deque<AdmissionGate> gates;
  TaskGroup group(io.get_executor());
  for (std::size_t i = 0; i < processes.size(); ++i) {
    gates.emplace_back(clock, 1'000, limits, 1s, domain::PaceShare{cells, i + 1});
    for (std::size_t row = 0; row < processes[i].rows; ++row) {
      const Duration latency = 2s + 1ms * (row * 379 % 1'000);
      group.spawn(send_row(gates.back(), clock, processes[i], latency, played, i));
    }
  }
  support::run_until_idle(io, clock);
  return played;
}

struct Setting {
  std::string name;
  std::uint64_t per_minute;
  std::vector<Process> processes;
};

class SharedLimit : public testing::TestWithParam<Setting> {};

TEST_P(SharedLimit, is_used_to_97_percent_and_never_exceeded) {
  const auto& [name, per_minute, processes] = GetParam();
  const Played played = play({.requests_per_minute = per_minute}, processes);
  std::size_t rows = 0;
  for (std::size_t i = 0; i < processes.size(); ++i) {
    EXPECT_EQ(played.by_each[i].size(), processes[i].rows);
    rows += processes[i].rows;
  }
  ASSERT_EQ(played.sent.size(), rows);
  const double per_second = static_cast<double>(per_minute) / 60;
  EXPECT_LT(largest_excess(played.sent, per_second * 0.995, 0.05, 1), 0.01);
  const double ideal = static_cast<double>(rows - 1) / per_second;
  const double used = ideal / to_seconds(played.sent.back().when - played.sent.front().when);
  std::printf("%-24s %.1f %% used\n", name.c_str(), 100 * used);
  EXPECT_GE(used, 0.97);
}

INSTANTIATE_TEST_SUITE_P(
    Processes, SharedLimit,
    testing::Values(
        Setting{"two_alike", 500, {{.rows = 1'000}, {.rows = 1'000}}},
        Setting{"two_alike_fast", 20'000, {{.rows = 20'000}, {.rows = 20'000}}},
        Setting{"few_rows_beside_many", 500, {{.rows = 1'900}, {.rows = 20}}},
        Setting{"the_second_comes_later", 500, {{.rows = 1'500}, {.rows = 300, .comes_at = 60s}}},
        Setting{"five", 1'200, {{.rows = 700}, {.rows = 600}, {.rows = 500}, {.rows = 400}, {.rows = 300}}}),
    [](const auto& info) { return info.param.name; });

TEST(SharedLimitOfMany, is_shared_in_turns_while_all_have_rows) {
  const Played played = play({.requests_per_minute = 600}, {{.rows = 300}, {.rows = 300}, {.rows = 300}});
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GE(played.sent_within(i, 45s), 120U);
    EXPECT_LE(played.sent_within(i, 45s), 180U);
  }
}

// Within the burst a small charge may go before a large one may: it must not do so for ever.
TEST(SharedLimitOfMany, is_shared_in_turns_by_small_and_large_charges) {
  const Played played = play({.tokens_per_minute = 5'000'000},
                             {{.rows = 2'000, .charge = 1'500}, {.rows = 500, .charge = 3'500}});
  std::printf("within 15 s: %zu small, %zu large\n", played.sent_within(0, 15s), played.sent_within(1, 15s));
  EXPECT_GE(played.sent_within(1, 15s), 150U);
  EXPECT_GE(played.sent_within(0, 15s), 150U);
}

}  // namespace
}  // namespace sv::limits
