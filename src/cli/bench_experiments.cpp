#include "cli/bench_experiments.hpp"

#include "cli/assemble_simulated.hpp"
#include "cli/bench_peers.hpp"
#include "cli/limiter_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace sv::cli {

using namespace std::chrono_literals;

namespace {

// The job that this program was founded for: rows in a spreadsheet, three seconds a row.
constexpr std::array<std::uint64_t, 3> kFoundingRows{10, 50, 100};
constexpr std::array<std::uint32_t, 4> kFoundingWorkers{1, 3, 5, 10};
constexpr Duration kFoundingLatency = 3s;

// A thirtieth of it, so that each of the jobs takes a second.
constexpr Duration kSocketLatency = 100ms;
constexpr std::array<std::pair<std::uint64_t, std::uint32_t>, 3> kSocketJobs{{{10, 1}, {50, 5}, {100, 10}}};

// Issue 2's ratios.
constexpr std::uint64_t kRatioRows = 1'000;
constexpr Duration kRatioLatency = 200ms;
constexpr std::array<std::uint32_t, 7> kRatioWorkers{1, 3, 5, 10, 20, 100, 1'000};
constexpr const char* kMixture = "mixture:90%=200ms,10%=2s";
constexpr std::uint32_t kMixtureWorkers = 10;

constexpr std::array<std::pair<const char*, sim::LimiterKind>, 5> kLimiters{
    {{"bucket60", sim::LimiterKind::bucket60},
     {"bucket1", sim::LimiterKind::bucket1},
     {"win1", sim::LimiterKind::win1},
     {"win10", sim::LimiterKind::win10},
     {"win60", sim::LimiterKind::win60}}};

struct Told {
  const char* name;
  sim::LimitHeaders headers;
  sim::Dialect dialect;
};
// OpenAI's 429 names the limit in its text; Azure's says only how long to wait.
constexpr std::array kTold{
    Told{"headers of what is enforced", sim::LimitHeaders::enforced, sim::Dialect::openai},
    Told{"headers of a minute", sim::LimitHeaders::minute, sim::Dialect::openai},
    Told{"no headers, limit in 429s", sim::LimitHeaders::none, sim::Dialect::openai},
    Told{"no headers, only Retry-After", sim::LimitHeaders::none, sim::Dialect::azure}};

// Issue 3's tail: 80 rows a second, a hundredth of the answers ten times as long. Over sockets a fifteenth of
// the latency: a request is never late before a second (limits/hedge_policy), so that less would hedge
// nothing.
constexpr double kStragglers = 0.01;
constexpr double kStragglersTake = 10;
constexpr std::uint64_t kTailRows = 3'000;
constexpr std::uint64_t kTailRpm = 4'800;
constexpr Duration kTailLatency = 3s;
constexpr std::uint64_t kSocketTailRows = 400;
constexpr std::uint64_t kSocketTailRpm = 12'000;
constexpr Duration kSocketTailLatency = 200ms;
// Of a lognormal with sigma 0.5, over its median.
constexpr double kP95OverMedian = 2.276;

template <typename Value>
Value median(std::vector<Value> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// The network takes no time: the ideal has none either.
SimulatedRunOptions job(std::uint64_t rows, std::uint32_t workers, sim::Latency latency) {
  SimulatedRunOptions options;
  options.llm = simulated_settings(workers);
  options.models.emplace_back().latency = std::move(latency);
  options.rows = rows;
  options.network = {.round_trip = Duration::zero(), .jitter = Duration::zero()};
  return options;
}

// As soon as a worker is free it takes the next row.
Duration greedy_makespan(const sim::LlmModel& model, std::uint64_t rows, std::uint32_t workers) {
  std::priority_queue<Duration, std::vector<Duration>, std::greater<>> free_at;
  for (std::uint32_t i = 0; i < workers; ++i) free_at.push(Duration::zero());
  Duration last{};
  for (std::uint64_t number = 1; number <= rows; ++number) {
    const Duration end = free_at.top() + model.latency_of(number);
    free_at.pop();
    free_at.push(end);
    last = std::max(last, end);
  }
  return last;
}

class Bench {
 public:
  Bench(const BenchOptions& options, const std::function<void(std::string_view)>& tell)
      : options_(options), tell_(tell) {
    report_.seeds = options.seeds;
  }

  report::BenchReport play_all() {
    play_founding();
    if (options_.has_sockets) play_sockets();
    play_workers();
    play_mixture();
    play_limiters(500, 3'000);
    if (options_.is_full) play_limiters(5'000, 20'000);
    play_tail();
    report_.peers = bench_peers();
    return std::move(report_);
  }

 private:
  Duration checked(const SimulatedRunOptions& options, const SimulatedRun& run) {
    if (run.result.counts.judged != options.rows) ++report_.faulty_runs;
    return run.makespan;
  }

  void play_founding() {
    tell_("one after another, and side by side");
    report_.founding_latency = kFoundingLatency;
    for (const std::uint64_t rows : kFoundingRows) {
      Duration sequential{};
      for (const std::uint32_t workers : kFoundingWorkers) {
        const SimulatedRunOptions options = job(rows, workers, sim::Latency::fixed(kFoundingLatency));
        const Duration makespan = checked(options, play(options));
        if (workers == 1) sequential = makespan;
        report_.founding.push_back({.rows = rows,
                                    .workers = workers,
                                    .makespan = makespan,
                                    .speed_up = to_seconds(sequential) / to_seconds(makespan)});
      }
    }
  }

  void play_sockets() {
    tell_("the same over sockets");
    report_.socket_latency = kSocketLatency;
    for (const auto& [rows, workers] : kSocketJobs) {
      const SimulatedRunOptions options = job(rows, workers, sim::Latency::fixed(kSocketLatency));
      report_.sockets.push_back({.rows = rows,
                                 .workers = workers,
                                 .in_virtual_time = checked(options, play(options)),
                                 .over_sockets = checked(options, play_over_sockets(options))});
    }
  }

  void play_workers() {
    tell_("1 to 1,000 workers");
    report_.workers_rows = kRatioRows;
    report_.workers_latency = kRatioLatency;
    for (const std::uint32_t workers : kRatioWorkers) {
      const SimulatedRunOptions options = job(kRatioRows, workers, sim::Latency::fixed(kRatioLatency));
      const double ideal = to_seconds(kRatioLatency) * static_cast<double>(kRatioRows) / workers;
      const Duration makespan = checked(options, play(options));
      report_.workers.push_back({.workers = workers, .makespan_over_ideal = to_seconds(makespan) / ideal});
    }
  }

  void play_mixture() {
    report_.mixture = kMixture;
    const SimulatedRunOptions options = job(kRatioRows, kMixtureWorkers, *sim::parse_latency(kMixture));
    const SimulatedRun run = play(options);
    const Duration ideal = greedy_makespan(*run.models.front(), kRatioRows, kMixtureWorkers);
    report_.mixture_cell = {.workers = kMixtureWorkers,
                            .makespan_over_ideal = to_seconds(checked(options, run)) / to_seconds(ideal)};
  }

  void play_limiters(std::uint64_t rpm, std::uint64_t rows) {
    report::LimiterTable& table = report_.limiters.emplace_back();
    table.rpm = rpm;
    table.rows = rows;
    for (const Told& told : kTold) {
      tell_(fmt::format("{} requests a minute, {}", rpm, told.name));
      for (const auto& [name, kind] : kLimiters) {
        LimiterTrial trial;
        trial.limiter = kind;
        trial.headers = told.headers;
        trial.dialect = told.dialect;
        trial.rpm = rpm;
        trial.rows = rows;
        const LimiterResult result = median_trial(trial, options_.seeds);
        if (!result.is_complete) ++report_.faulty_runs;
        table.cells.push_back({.limiter = name,
                               .told = told.name,
                               .makespan_over_ideal = result.makespan_over_ideal,
                               .refused_per_thousand = result.refused_per_thousand});
      }
    }
  }

  SimulatedRunOptions tail_job(const report::TailCell& cell, double hedge_budget, std::uint64_t seed) {
    sim::Latency latency = sim::Latency::lognormal(
        cell.median_latency, from_seconds(kP95OverMedian * to_seconds(cell.median_latency)));
    latency.set_stragglers(kStragglers, kStragglersTake);
    SimulatedRunOptions options = job(cell.rows, kMostTailWorkers, std::move(latency));
    options.llm.hedge_budget = hedge_budget;
    options.llm.providers.front().rpm = cell.rpm;
    options.llm.providers.front().request_timeout = 300s;
    options.models.front().seed = seed;
    options.seed = seed;
    return options;
  }

  void play_tail() {
    tell_("the tail of a run");
    const double budget = config::LlmSettings().hedge_budget;
    report::TailCell cell{.rows = kTailRows, .rpm = kTailRpm, .median_latency = kTailLatency};
    std::vector<Duration> without;
    std::vector<Duration> with;
    std::vector<double> extra;
    for (std::uint64_t seed = 1; seed <= options_.seeds; ++seed) {
      const SimulatedRunOptions plain = tail_job(cell, 0, seed);
      without.push_back(checked(plain, play(plain)));
      const SimulatedRunOptions hedged = tail_job(cell, budget, seed);
      const SimulatedRun run = play(hedged);
      with.push_back(checked(hedged, run));
      extra.push_back(static_cast<double>(run.summary.hedges) / static_cast<double>(cell.rows));
    }
    cell.without = median(std::move(without));
    cell.with = median(std::move(with));
    cell.extra = median(std::move(extra));
    report_.tail.push_back(cell);
    if (!options_.has_sockets) return;
    cell = {.is_over_sockets = true,
            .rows = kSocketTailRows,
            .rpm = kSocketTailRpm,
            .median_latency = kSocketTailLatency};
    const SimulatedRunOptions plain = tail_job(cell, 0, 1);
    cell.without = checked(plain, play_over_sockets(plain));
    const SimulatedRunOptions hedged = tail_job(cell, budget, 1);
    const SimulatedRun run = play_over_sockets(hedged);
    cell.with = checked(hedged, run);
    cell.extra = static_cast<double>(run.summary.hedges) / static_cast<double>(cell.rows);
    report_.tail.push_back(cell);
  }

  static constexpr std::uint32_t kMostTailWorkers = 1'000;

  BenchOptions options_;
  const std::function<void(std::string_view)>& tell_;
  report::BenchReport report_;
};

}  // namespace

report::BenchReport play_bench(const BenchOptions& options,
                               const std::function<void(std::string_view)>& tell) {
  return Bench(options, tell).play_all();
}

}  // namespace sv::cli
