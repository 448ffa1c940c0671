// U-10: what the progress promises, against what comes of it, in runs of the real engine.
#include "cli/assemble_simulated.hpp"
#include "report/run_forecast.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRows = 1'000;
constexpr std::uint64_t kSeeds = 20;

// A run's forecast, noted when a share of the rows is done.
class Watch final : public ports::RunObserver {
 public:
  void on_run_started(std::uint64_t rows) override { forecast_.on_run_started(rows); }
  void on_row_queued() override { forecast_.on_row_queued(); }
  void on_row_finished(const domain::Outcome& outcome) override {
    ++done_;
    forecast_.on_row_finished(outcome);
  }
  void on_request_finished(const ports::RequestReport& report) override {
    forecast_.on_request_finished(report);
  }
  void beat(TimePoint now) {
    if (!began_at_) began_at_ = now;
    forecast_.tick(now);
    if (!end_ && done_ * 10 >= kRows) {
      if (const auto left = forecast_.time_left()) end_ = now - *began_at_ + *left;
    }
    if (!cost_ && done_ * 5 >= kRows) cost_ = forecast_.cost_of_run();
  }
  // From the start of the run.
  std::optional<Duration> end() const { return end_; }
  std::optional<domain::Money> cost() const { return cost_; }

 private:
  report::RunForecast forecast_;
  std::uint64_t done_ = 0;
  std::optional<TimePoint> began_at_;
  std::optional<Duration> end_;
  std::optional<domain::Money> cost_;
};

struct Errors {
  std::vector<double> time;
  std::vector<double> cost;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

Errors errors_of(std::uint32_t workers, std::optional<std::uint64_t> rpm) {
  Errors errors;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SimulatedRunOptions options;
    options.llm = simulated_settings(workers);
    options.llm.providers.front().rpm = rpm;
    options.llm.prices = {{.model = "simulated-model",
                           .base_url = "",
                           .prices = {.input = 400'000, .cached_input = 100'000, .output = 1'600'000},
                           .read_on = "",
                           .source = ""}};
    sim::LlmOptions model;
    model.seed = seed;
    model.latency = sim::Latency::lognormal(2s, 6s);
    model.rpm = rpm.value_or(0);
    options.models.push_back(model);
    options.rows = kRows;
    options.seed = seed;
    // Longer than a prompt has to be to be cached.
    for (int rule = 0; rule < 150; ++rule) options.rules_text += "The plan names a date and who does it.\n";
    Watch watch;
    options.observer = &watch;
    options.beat = [&watch](TimePoint now) { watch.beat(now); };
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, kRows);
    if (!watch.end() || !watch.cost() || run.summary.cost.amounts().size() != 1) {
      ADD_FAILURE() << "nothing was promised, seed " << seed;
      continue;
    }
    const double spent = static_cast<double>(run.summary.cost.amounts().front().trillionths());
    errors.time.push_back(std::abs(to_seconds(*watch.end()) / to_seconds(run.makespan) - 1) / 0.9);
    errors.cost.push_back(std::abs(static_cast<double>(watch.cost()->trillionths()) / spent - 1));
  }
  std::printf(
      "%u workers, %lu RPM: ETA off by %.1f %% after 10 %% of the rows, cost by %.1f %% after 20 %% "
      "(medians; "
      "at most %.1f %%, %.1f %%)\n",
      workers, static_cast<unsigned long>(rpm.value_or(0)), 100 * median(errors.time),
      100 * median(errors.cost), 100 * *std::ranges::max_element(errors.time),
      100 * *std::ranges::max_element(errors.cost));
  return errors;
}

TEST(Forecast, of_a_run_that_its_workers_hold_back) {
  const Errors errors = errors_of(10, std::nullopt);
  EXPECT_LE(median(errors.time), 0.2);
  EXPECT_LE(median(errors.cost), 0.1);
}

TEST(Forecast, of_a_run_that_a_limit_holds_back) {
  const Errors errors = errors_of(100, 600);
  EXPECT_LE(median(errors.time), 0.2);
  EXPECT_LE(median(errors.cost), 0.1);
}

TEST(Forecast, of_a_run_with_many_in_flight) {
  const Errors errors = errors_of(64, std::nullopt);
  EXPECT_LE(median(errors.time), 0.2);
  EXPECT_LE(median(errors.cost), 0.1);
}

}  // namespace
}  // namespace sv::cli
