// Several gates that share their cells, as the processes of one machine do: nobody sends in the pause of
// another, and nobody waits for ever.
#include "base/task_group.hpp"
#include "limits/admission_gate.hpp"
#include "support/virtual_clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

struct Scene {
  boost::asio::io_context io;
  support::VirtualClock clock;
  std::vector<TimePoint> sent;
  std::vector<std::pair<TimePoint, TimePoint>> pauses;
};

struct Request {
  Duration comes_at{};
  std::uint64_t tokens = 0;
  bool in_front = false;
  // What the 429 asks for that it meets after 100 ms; empty: it meets none.
  std::optional<Duration> wait;
};

boost::asio::awaitable<void> send(Scene& scene, AdmissionGate& gate, Request request) {
  co_await scene.clock.sleep_until(support::VirtualClock::kStart + request.comes_at);
  const AdmissionGate::Admission admission = co_await gate.admit(request.tokens, request.in_front);
  scene.sent.push_back(scene.clock.now());
  co_await scene.clock.sleep_until(scene.clock.now() + 100ms);
  if (!request.wait) {
    gate.note_answer(admission);
    co_return;
  }
  const TimePoint end = gate.note_rate_limited(*request.wait, admission.mark);
  scene.pauses.emplace_back(scene.clock.now(), end);
}

RC_GTEST_PROP(SharedGates, obey_the_pauses_of_each_other_and_admit_everybody, ()) {
  // Which gate, when it comes, its tokens, whether it goes in front, and what it meets (above 60: an answer).
  using Row = std::tuple<std::uint8_t, std::uint16_t, std::uint16_t, bool, std::uint8_t>;
  const auto rows = *rc::gen::container<std::vector<Row>>(rc::gen::arbitrary<Row>());
  const auto gates = *rc::gen::inRange<std::size_t>(1, 5);
  const auto rpm = *rc::gen::inRange<std::uint64_t>(10, 6'000);
  const bool is_limit_known = *rc::gen::arbitrary<bool>();
  domain::PaceCells cells;
  Scene scene;
  std::deque<AdmissionGate> all;
  PacerLimits limits;
  if (is_limit_known) limits = {.requests_per_minute = rpm, .tokens_per_minute = 2'000'000};
  for (std::size_t i = 0; i < gates; ++i) {
    all.emplace_back(scene.clock, 3, limits, 1s, domain::PaceShare{cells, i + 1});
  }
  TaskGroup group(scene.io.get_executor());
  for (const auto& [gate, comes_at, tokens, in_front, met] : rows) {
    Request request{.comes_at = std::chrono::milliseconds(comes_at),
                    .tokens = tokens,
                    .in_front = in_front,
                    .wait = std::nullopt};
    if (met <= 60) request.wait = std::chrono::seconds(met);
    group.spawn(send(scene, all[gate % gates], request));
  }
  support::run_until_idle(scene.io, scene.clock);
  RC_ASSERT(scene.sent.size() == rows.size());
  for (const auto& [begin, end] : scene.pauses) {
    RC_ASSERT(end > begin);
    for (const TimePoint when : scene.sent) {
      const bool is_within = when > begin && when < end;
      RC_ASSERT_FALSE(is_within);
    }
  }
}

}  // namespace
}  // namespace sv::limits
