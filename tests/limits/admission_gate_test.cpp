#include "limits/admission_gate.hpp"

#include "base/task_group.hpp"
#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

struct Sent {
  std::string name;
  Duration when;
};

struct Request {
  std::string name;
  Duration comes_at{};
  Duration takes{};
  std::uint64_t token_charge = 0;
  bool in_front = false;
};

struct Setting {
  boost::asio::io_context io;
  support::VirtualClock clock;
  std::vector<Sent> sent;
  std::size_t most_in_flight = 0;

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    std::ranges::transform(sent, std::back_inserter(all), &Sent::name);
    return all;
  }
};

boost::asio::awaitable<void> send(Setting& setting, AdmissionGate& gate, Request request) {
  co_await setting.clock.sleep_until(support::VirtualClock::kStart + request.comes_at);
  const AdmissionGate::Admission admission = co_await gate.admit(request.token_charge, request.in_front);
  setting.sent.push_back({request.name, setting.clock.elapsed()});
  setting.most_in_flight = std::max(setting.most_in_flight, gate.in_flight());
  co_await setting.clock.sleep_until(setting.clock.now() + request.takes);
}

TEST(AdmissionGate, paces_requests_and_keeps_their_order) {
  Setting setting;
  AdmissionGate gate(setting.clock, 100, {.requests_per_minute = 60, .share = 1.0});
  TaskGroup group(setting.io.get_executor());
  for (const char* name : {"a", "b", "c", "d"})
    group.spawn(send(setting, gate, {.name = name, .takes = 10s}));
  support::run_until_idle(setting.io, setting.clock);
  ASSERT_EQ(setting.names(), (std::vector<std::string>{"a", "b", "c", "d"}));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(setting.sent[i].when, Duration(std::chrono::seconds(i)));
  EXPECT_EQ(gate.in_flight(), 0U);
}

TEST(AdmissionGate, sends_nothing_during_a_pause_and_the_retry_first_after_it) {
  Setting setting;
  AdmissionGate gate(setting.clock, 1);
  TaskGroup group(setting.io.get_executor());
  group.spawn(send(setting, gate, {.name = "a", .takes = 1s}));
  group.spawn(send(setting, gate, {.name = "b", .takes = 1s}));
  group.spawn(send(setting, gate, {.name = "retry", .comes_at = 2s, .takes = 1s, .in_front = true}));
  support::run_ready(setting.io);
  gate.pause_until(setting.clock.now() + 30s);
  support::run_until_idle(setting.io, setting.clock);
  ASSERT_EQ(setting.names(), (std::vector<std::string>{"a", "retry", "b"}));
  EXPECT_EQ(setting.sent[1].when, Duration(30s));
  EXPECT_EQ(setting.sent[2].when, Duration(31s));
}

TEST(AdmissionGate, prolongs_the_wait_of_who_sleeps_when_the_pause_is_prolonged) {
  Setting setting;
  AdmissionGate gate(setting.clock, 1);
  gate.pause_until(setting.clock.now() + 10s);
  TaskGroup group(setting.io.get_executor());
  group.spawn(send(setting, gate, {.name = "a"}));
  support::run_ready(setting.io);
  gate.pause_until(setting.clock.now() + 25s);
  support::run_until_idle(setting.io, setting.clock);
  ASSERT_EQ(setting.sent.size(), 1U);
  EXPECT_EQ(setting.sent[0].when, Duration(25s));
}

TEST(AdmissionGate, lets_a_small_retry_overtake_a_large_request_that_waits_for_its_tokens) {
  Setting setting;
  AdmissionGate gate(setting.clock, 10, {.tokens_per_minute = 60'000, .burst = 1s, .share = 1.0});
  TaskGroup group(setting.io.get_executor());
  group.spawn(send(setting, gate, {.name = "first", .token_charge = 5'000}));
  group.spawn(send(setting, gate, {.name = "large", .token_charge = 5'000}));
  group.spawn(send(setting, gate, {.name = "retry", .comes_at = 1s, .token_charge = 100, .in_front = true}));
  support::run_until_idle(setting.io, setting.clock);
  ASSERT_EQ(setting.names(), (std::vector<std::string>{"first", "retry", "large"}));
  EXPECT_EQ(setting.sent[1].when, Duration(4100ms));  // 5 s paid off, less a burst of 1 s, plus its own 0.1 s
}

TEST(AdmissionGate, holds_no_permit_while_it_waits_for_the_moment) {
  Setting setting;
  AdmissionGate gate(setting.clock, 2, {.requests_per_minute = 60, .share = 1.0});
  TaskGroup group(setting.io.get_executor());
  for (int i = 0; i < 3; ++i) group.spawn(send(setting, gate, {.name = "row", .takes = 100ms}));
  support::run_until(setting.io, setting.clock, support::VirtualClock::kStart + 500ms);
  EXPECT_EQ(gate.in_flight(), 0U);
  EXPECT_EQ(gate.waiting(), 2U);
  support::run_until_idle(setting.io, setting.clock);
  EXPECT_EQ(setting.sent.size(), 3U);
}

// Counts how often somebody goes to sleep; each sleep ends with a wake-up.
class CountingClock final : public Clock {
 public:
  explicit CountingClock(Clock& inner) : inner_(inner) {}
  TimePoint now() const override { return inner_.now(); }
  WallTime wall_now() const override { return inner_.wall_now(); }
  boost::asio::awaitable<void> sleep_until(TimePoint when) override {
    ++sleeps_;
    return inner_.sleep_until(when);
  }
  boost::asio::awaitable<void> sleep_until(TimePoint when, Alarm& alarm) override {
    ++sleeps_;
    return inner_.sleep_until(when, alarm);
  }
  std::size_t sleeps() const { return sleeps_; }

 private:
  Clock& inner_;
  std::size_t sleeps_ = 0;
};

boost::asio::awaitable<void> wait_for_admission(AdmissionGate& gate, std::size_t& admitted) {
  const AdmissionGate::Admission admission = co_await gate.admit(0);
  ++admitted;
}

// Runs whatever is ready every 100 ms of virtual time until `end`; gives how many handlers were run.
std::size_t handlers_run_until(Setting& setting, TimePoint end) {
  std::size_t handlers = 0;
  while (setting.clock.now() < end) {
    setting.clock.advance_to(std::min(end, setting.clock.now() + Duration(100ms)));
    setting.io.restart();
    handlers += setting.io.poll();
  }
  return handlers;
}

TEST(AdmissionGate, wakes_nobody_of_ten_thousand_while_nothing_may_be_sent) {
  constexpr std::size_t kWaiting = 10'000;
  Setting setting;
  CountingClock clock(setting.clock);
  AdmissionGate gate(clock, 2 * kWaiting);
  gate.pause_until(clock.now() + 10min);
  std::size_t admitted = 0;
  TaskGroup group(setting.io.get_executor());
  for (std::size_t i = 0; i < kWaiting; ++i) group.spawn(wait_for_admission(gate, admitted));
  support::run_ready(setting.io);
  ASSERT_EQ(gate.waiting(), kWaiting);
  EXPECT_EQ(clock.sleeps(), 1U) << "one keeps the time for all";
  EXPECT_EQ(setting.clock.sleepers(), 1U);

  EXPECT_EQ(handlers_run_until(setting, support::VirtualClock::kStart + 10min - 1ms), 0U);
  EXPECT_EQ(clock.sleeps(), 1U);
  EXPECT_EQ(admitted, 0U);

  support::run_until_idle(setting.io, setting.clock);
  EXPECT_EQ(admitted, kWaiting);
  EXPECT_EQ(clock.sleeps(), 1U);
}

TEST(AdmissionGate, wakes_nobody_of_ten_thousand_while_no_permit_is_free) {
  constexpr std::size_t kWaiting = 10'000;
  Setting setting;
  CountingClock clock(setting.clock);
  AdmissionGate gate(clock, 1, {.requests_per_minute = 6'000'000});
  std::optional<AdmissionGate::Admission> holder = gate.try_admit(0);
  ASSERT_TRUE(holder);
  std::size_t admitted = 0;
  TaskGroup group(setting.io.get_executor());
  for (std::size_t i = 0; i < kWaiting; ++i) group.spawn(wait_for_admission(gate, admitted));
  support::run_ready(setting.io);
  ASSERT_EQ(gate.waiting(), kWaiting);

  EXPECT_EQ(handlers_run_until(setting, support::VirtualClock::kStart + 10min), 0U);
  EXPECT_EQ(clock.sleeps(), 0U);
  EXPECT_EQ(admitted, 0U);

  holder.reset();
  support::run_until_idle(setting.io, setting.clock);
  EXPECT_EQ(admitted, kWaiting);
}

RC_GTEST_PROP(AdmissionGate, never_exceeds_permits_or_pace_and_admits_everybody, ()) {
  const auto limit = *rc::gen::inRange<std::size_t>(1, 10);
  const auto rpm = *rc::gen::inRange<std::uint64_t>(10, 6'000);
  const auto rows = *rc::gen::container<std::vector<std::tuple<std::uint16_t, std::uint16_t, bool>>>(
      rc::gen::arbitrary<std::tuple<std::uint16_t, std::uint16_t, bool>>());
  const auto pause = *rc::gen::inRange(0, 60);
  Setting setting;
  AdmissionGate gate(setting.clock, limit, {.requests_per_minute = rpm, .tokens_per_minute = 100'000});
  TaskGroup group(setting.io.get_executor());
  for (const auto& [comes, takes, in_front] : rows) {
    group.spawn(send(setting, gate,
                     {.name = "row",
                      .comes_at = std::chrono::milliseconds(comes),
                      .takes = std::chrono::milliseconds(takes),
                      .token_charge = static_cast<std::uint64_t>(takes % 2'000),
                      .in_front = in_front}));
  }
  const Duration pause_begin = 20s;
  const Duration pause_end = pause_begin + std::chrono::seconds(pause);
  support::run_until(setting.io, setting.clock, support::VirtualClock::kStart + pause_begin);
  gate.pause_until(support::VirtualClock::kStart + pause_end);
  support::run_until_idle(setting.io, setting.clock);
  RC_ASSERT(setting.sent.size() == rows.size());
  RC_ASSERT(setting.most_in_flight <= limit);
  RC_ASSERT(gate.in_flight() == 0U);
  const double per_second = static_cast<double>(rpm) * 0.995 / 60;  // the most that the share grows to
  for (std::size_t first = 0; first < setting.sent.size(); ++first) {
    const bool is_within_pause =
        setting.sent[first].when > pause_begin && setting.sent[first].when < pause_end;
    RC_ASSERT_FALSE(is_within_pause);
    for (std::size_t last = first; last < setting.sent.size(); ++last) {
      const double seconds = to_seconds(setting.sent[last].when - setting.sent[first].when);
      RC_ASSERT(static_cast<double>(last - first + 1) <=
                per_second * seconds + std::max(per_second * 0.05, 1.0) + 0.01);
    }
  }
}

struct Place {
  int row = 0;
  int attempt = 0;
  auto operator<=>(const Place&) const = default;
};

// The order in which attempts came to the gate, and that in which they were let through: as they were counted
// against the limit, since who was waiting runs on an event later than who meets an open gate.
struct Places {
  int next = 0;
  std::map<Place, int> came;
  std::map<Place, std::uint64_t> went;
};

// `request` by value: whoever spawns this has made it up on the spot.
boost::asio::awaitable<void> try_often(Setting& setting, AdmissionGate& gate, Places& places, int row,
                                       Request request, int attempts) {
  co_await setting.clock.sleep_until(support::VirtualClock::kStart + request.comes_at);
  for (int attempt = 0; attempt < attempts; ++attempt) {
    places.came[{row, attempt}] = places.next++;
    const AdmissionGate::Admission admission = co_await gate.admit(request.token_charge, attempt > 0);
    places.went[{row, attempt}] = admission.mark.requests;
    co_await setting.clock.sleep_until(setting.clock.now() + request.takes);
  }
}

// However often rows have to be tried again: nobody is overtaken by its like, retries not at all, and a new
// row only by the retries of rows that came before it, of which each has so many attempts.
RC_GTEST_PROP(AdmissionGate, makes_nobody_wait_for_more_than_the_retries_of_who_came_before, ()) {
  constexpr int kMostAttempts = 6;
  const auto permits = *rc::gen::inRange<std::size_t>(1, 10);
  const auto rpm = *rc::gen::inRange<std::uint64_t>(60, 60'000);
  // When it comes and how long it takes, in milliseconds, and its attempts.
  const auto rows = *rc::gen::container<std::vector<std::tuple<std::uint16_t, std::uint16_t, int>>>(
      rc::gen::tuple(rc::gen::inRange<std::uint16_t>(0, 5'000), rc::gen::inRange<std::uint16_t>(1, 3'000),
                     rc::gen::inRange(1, kMostAttempts + 1)));
  Setting setting;
  AdmissionGate gate(setting.clock, permits, {.requests_per_minute = rpm, .tokens_per_minute = 100'000});
  Places places;
  TaskGroup group(setting.io.get_executor());
  int row = 0;
  std::size_t total = 0;
  for (const auto& [comes, takes, attempts] : rows) {
    group.spawn(try_often(setting, gate, places, row++,
                          {.name = "row",
                           .comes_at = std::chrono::milliseconds(comes),
                           .takes = std::chrono::milliseconds(takes),
                           .token_charge = static_cast<std::uint64_t>(takes % 2'000)},
                          attempts));
    total += static_cast<std::size_t>(attempts);
  }
  support::run_until_idle(setting.io, setting.clock);
  RC_ASSERT(places.went.size() == total);
  for (const auto& [place, came] : places.came) {
    const std::uint64_t went = places.went.at(place);
    int overtaken = 0;
    int before = 0;
    for (const auto& [other, other_came] : places.came) {
      if (other.attempt == 0 && other_came < came) ++before;
      if (other_came < came || places.went.at(other) > went) continue;
      ++overtaken;
      RC_ASSERT(other == place || (place.attempt == 0 && other.attempt > 0));
    }
    RC_ASSERT(overtaken - 1 <= before * (kMostAttempts - 1));
  }
}

}  // namespace
}  // namespace sv::limits
