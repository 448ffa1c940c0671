#include "report/run_forecast.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace sv::report {
namespace {

using namespace std::chrono_literals;
using domain::OutcomeKind;
constexpr TimePoint kStart{1h};

domain::Money cents(double count) { return {std::llround(count * 1e10), domain::Currency()}; }

void finish_row(RunForecast& forecast, OutcomeKind kind) {
  domain::Outcome outcome;
  outcome.kind = kind;
  forecast.on_row_finished(outcome);
}

void pay(RunForecast& forecast, const std::optional<domain::Money>& cost) {
  ports::RequestReport report;
  report.usage = {.input = 800, .output = 100};
  report.cost = cost;
  forecast.on_request_finished(report);
}

void answer(RunForecast& forecast, double price = 1) {
  pay(forecast, cents(price));
  finish_row(forecast, OutcomeKind::judged);
}

TEST(RunForecast, promises_nothing_before_anything_is_answered) {
  RunForecast forecast;
  forecast.on_run_started(100);
  forecast.tick(kStart);
  for (int i = 0; i < 50; ++i) finish_row(forecast, OutcomeKind::cached);
  forecast.tick(kStart + 5s);
  EXPECT_FALSE(forecast.time_left());
  EXPECT_FALSE(forecast.cost_of_run());
}

TEST(RunForecast, knows_the_end_of_a_steady_run) {
  RunForecast forecast;
  forecast.on_run_started(1'000);
  for (int i = 0; i < 1'000; ++i) forecast.on_row_queued();
  for (int second = 0; second <= 20; ++second) {
    forecast.tick(kStart + second * 1s);
    for (int i = 0; i < 10; ++i) answer(forecast);
  }
  forecast.tick(kStart + 21s);
  EXPECT_NEAR(to_seconds(*forecast.time_left()), 79.0, 4.0);
  EXPECT_EQ(forecast.cost_of_run(), cents(1'000));
}

// A resumed run: what was answered before passes in a blink.
TEST(RunForecast, cached_rows_at_the_front_do_not_fool_it) {
  RunForecast forecast;
  forecast.on_run_started(10'000);
  forecast.tick(kStart);
  for (int i = 0; i < 5'000; ++i) finish_row(forecast, OutcomeKind::cached);
  for (int i = 0; i < 1'100; ++i) forecast.on_row_queued();
  for (int second = 0; second < 10; ++second) {
    forecast.tick(kStart + second * 1s);
    for (int i = 0; i < 10; ++i) answer(forecast), forecast.on_row_queued();
  }
  forecast.tick(kStart + 10s);
  EXPECT_NEAR(to_seconds(*forecast.time_left()), 490.0, 490.0 * 0.1);
  EXPECT_NEAR(static_cast<double>(forecast.cost_of_run()->trillionths()), 5'000e10, 5'000e10 * 0.05);
}

// The usual weekly run: most rows have not changed.
TEST(RunForecast, cached_rows_in_between_do_not_fool_it) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    RunForecast forecast;
    constexpr std::uint64_t kRows = 20'000;
    forecast.on_run_started(kRows);
    std::uint64_t queued = 0;
    std::uint64_t answered = 0;
    std::uint64_t read = 0;
    int second = 0;
    for (; answered < 200; ++second) {
      forecast.tick(kStart + second * 1s);
      for (; read < kRows && queued < answered + 1'024; ++read) {
        if (random.uniform() < 0.1) {
          forecast.on_row_queued();
          ++queued;
        } else {
          finish_row(forecast, OutcomeKind::cached);
        }
      }
      for (int i = 0; i < 10; ++i, ++answered) answer(forecast);
    }
    forecast.tick(kStart + second * 1s);
    const double expected = (0.1 * kRows - static_cast<double>(answered)) / 10;
    EXPECT_NEAR(to_seconds(*forecast.time_left()), expected, expected * 0.2) << seed;
  }
}

TEST(RunForecast, rows_at_random_moments_are_forecast_within_a_fifth_after_a_tenth) {
  std::vector<double> errors;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    constexpr std::uint64_t kRows = 4'000;
    Random random(seed);
    RunForecast forecast;
    forecast.on_run_started(kRows);
    TimePoint now = kStart;
    std::uint64_t done = 0;
    for (; done < kRows / 10; now += 100ms) {
      forecast.tick(now);
      if (random.uniform() < 0.5) {
        answer(forecast);
        answer(forecast);
        done += 2;
      }
    }
    forecast.tick(now);
    const double expected = static_cast<double>(kRows - done) / 10.0;
    errors.push_back(std::abs(to_seconds(*forecast.time_left()) / expected - 1));
  }
  EXPECT_LT(*std::ranges::max_element(errors), 0.2);
}

TEST(RunForecast, a_slow_model_is_not_judged_by_two_answers) {
  RunForecast forecast;
  forecast.on_run_started(1'000);
  // One answer in 20 s, in pairs that come at once.
  for (int second = 0; second < 2'000; ++second) {
    if (second % 40 == 39) {
      answer(forecast);
      answer(forecast);
    }
    forecast.tick(kStart + second * 1s);
  }
  EXPECT_NEAR(to_seconds(*forecast.time_left()), 900.0 * 20, 900.0 * 20 * 0.1);
}

TEST(RunForecast, a_stalled_run_has_no_end_in_sight) {
  RunForecast forecast;
  forecast.on_run_started(100);
  forecast.tick(kStart);
  for (int i = 0; i < 5; ++i) answer(forecast);
  for (int second = 1; second < 1'300; ++second) forecast.tick(kStart + second * 1s);
  EXPECT_FALSE(forecast.time_left());
}

// The first requests go without the prompt cache and cost three times as much.
TEST(RunForecast, the_first_requests_do_not_make_the_whole_run_dear) {
  RunForecast forecast;
  forecast.on_run_started(1'000);
  for (int i = 0; i < 200; ++i) answer(forecast, i < 64 ? 3 : 1);
  EXPECT_NEAR(static_cast<double>(forecast.cost_of_run()->trillionths()), 1'128e10, 1'128e10 * 0.1);
}

// Each key of the prompt cache is cold once; a provider that forgets half of the time goes on so.
TEST(RunForecast, cold_requests_are_expected_to_become_rarer_only_if_they_have) {
  const auto play = [](auto is_cold) {
    RunForecast forecast;
    forecast.on_run_started(1'000);
    for (int i = 0; i < 200; ++i) {
      ports::RequestReport report;
      report.usage = {.input = 2'000, .cached_input = is_cold(i) ? 0U : 1'500U, .output = 10};
      report.cost = cents(is_cold(i) ? 3 : 1);
      forecast.on_request_finished(report);
      finish_row(forecast, OutcomeKind::judged);
    }
    return static_cast<double>(forecast.cost_of_run()->trillionths()) / 1e10;
  };
  EXPECT_NEAR(play([](int i) { return i % 2 == 0; }), 2'000, 20);
  // Half of the first hundred and a quarter of the second: 100 + 2 * 75 so far, a sixteenth to come.
  EXPECT_NEAR(play([](int i) { return i < 100 ? i % 2 == 0 : i % 4 == 0; }), 350 + 800 * 1.125, 20);
}

TEST(RunForecast, money_that_cannot_be_told_is_not_guessed) {
  RunForecast unpriced;
  unpriced.on_run_started(10);
  answer(unpriced);
  EXPECT_TRUE(unpriced.cost_of_run());
  pay(unpriced, std::nullopt);
  EXPECT_FALSE(unpriced.cost_of_run());
  RunForecast batches;
  batches.on_run_started(10);
  answer(batches);
  batches.on_batch_finished({});
  EXPECT_FALSE(batches.cost_of_run());
}

}  // namespace
}  // namespace sv::report
