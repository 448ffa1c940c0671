#include "limits/in_flight_window.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

namespace sv::limits {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(InFlightWindow, is_what_was_set_when_somebody_has_said) {
  InFlightWindow window(5, false);
  window.note_answer(kStart, 10s, true, 1'000.0);
  EXPECT_EQ(window.limit(), 5U);
}

TEST(InFlightWindow, grows_with_answers_while_it_is_used_and_no_rate_is_known) {
  InFlightWindow window(100, true);
  EXPECT_EQ(window.limit(), InFlightWindow::kFirstWave);
  window.note_answer(kStart, 3s, false, std::nullopt);
  EXPECT_EQ(window.limit(), InFlightWindow::kFirstWave);
  window.note_answer(kStart, 3s, true, std::nullopt);
  EXPECT_GT(window.limit(), InFlightWindow::kFirstWave);
}

TEST(InFlightWindow, is_half_more_than_rate_and_95th_percentile_need) {
  InFlightWindow window(10'000, true);
  for (int i = 0; i < 64; ++i) window.note_answer(kStart, i < 8 ? 6s : 3s, true, 10.0);
  EXPECT_EQ(window.limit(), 90U);  // 1.5 * 10 a second * 6 s
}

TEST(InFlightWindow, has_room_besides_for_what_may_be_sent_at_once) {
  InFlightWindow window(1'000, true);
  for (int i = 0; i < 64; ++i) window.note_answer(kStart, 3s, true, 10.0, 400);
  EXPECT_EQ(window.limit(), 445U);
  window.note_answer(kStart, 3s, true, 10.0, 4'000);
  EXPECT_EQ(window.limit(), 1'000U);
  window.note_answer(kStart, 3s, true, 10.0, 0);
  EXPECT_EQ(window.limit(), 45U);
}

RC_GTEST_PROP(InFlightWindow, is_never_below_the_first_wave_nor_above_the_most, ()) {
  // Milliseconds that pass, milliseconds of latency, whether the window was full, a rate a minute (0: not
  // known).
  using Answer = std::tuple<std::uint16_t, std::uint32_t, bool, std::uint32_t>;
  const auto most = *rc::gen::inRange<std::size_t>(1, 5'000);
  const auto answers = *rc::gen::container<std::vector<Answer>>(
      rc::gen::tuple(rc::gen::arbitrary<std::uint16_t>(), rc::gen::inRange<std::uint32_t>(0, 600'000),
                     rc::gen::arbitrary<bool>(),
                     rc::gen::oneOf(rc::gen::just<std::uint32_t>(0), rc::gen::arbitrary<std::uint32_t>())));
  const bool are_refused = *rc::gen::arbitrary<bool>();
  InFlightWindow window(most, true);
  // Only a provider that refuses so many at a time takes it below.
  const std::size_t least = are_refused ? 1 : std::min(most, InFlightWindow::kFirstWave);
  TimePoint now = kStart;
  for (const auto& [passes, latency, is_full, rate] : answers) {
    now += std::chrono::milliseconds(passes);
    window.note_answer(now, std::chrono::milliseconds(latency), is_full,
                       rate > 0 ? std::optional(static_cast<double>(rate) / 60) : std::nullopt);
    if (are_refused && latency % 7 == 0) window.note_too_many(now, latency % 20);
    RC_ASSERT(window.limit() >= least);
    RC_ASSERT(window.limit() <= most);
  }
}

}  // namespace
}  // namespace sv::limits
