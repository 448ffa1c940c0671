#include "cli/bench_command.hpp"

#include "base/log.hpp"
#include "cli/bench_experiments.hpp"
#include "report/bench_text.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string_view>

namespace sv::cli {

namespace {

constexpr std::uint64_t kMaxSeeds = 99;
constexpr std::uint64_t kUsualSeeds = 3;
constexpr std::uint64_t kFullSeeds = 5;  // as issue 3 asks

struct BenchArguments {
  std::uint64_t seeds = 0;  // 0: not given
  bool is_full = false;
  bool is_json = false;
  bool has_no_sockets = false;
};

ExitCode bench(const BenchArguments& arguments) {
  // The warnings of some sixty made-up runs are nobody's business.
  set_log_level(LogLevel::error);
  const std::uint64_t usual_seeds = arguments.is_full ? kFullSeeds : kUsualSeeds;
  const report::BenchReport report =
      play_bench({.seeds = arguments.seeds > 0 ? arguments.seeds : usual_seeds,
                  .has_sockets = !arguments.has_no_sockets,
                  .is_full = arguments.is_full},
                 [](std::string_view what) { fmt::print(stderr, "bench: {}\n", what); });
  fmt::print("{}", arguments.is_json ? report::bench_json(report) + '\n' : report::render_bench(report));
  return report.faulty_runs == 0 ? ExitCode::ok : ExitCode::rows_unjudged;
}

}  // namespace

void add_bench_command(CLI::App& app, std::optional<ExitCode>& result) {
  CLI::App* command = app.add_subcommand(
      "bench", "Show on the simulated provider how fast many workers are and how well a limit is used");
  const auto arguments =
      std::make_shared<BenchArguments>();  // shared with the callback, which runs after this returns
  command->add_flag("--json", arguments->is_json, "Print the figures as one JSON line");
  command->add_flag("--full", arguments->is_full,
                    "Also 5,000 requests a minute, and 5 seeds: some two minutes instead of half a minute");
  command
      ->add_option("--seeds", arguments->seeds,
                   "Play each limiter with the seeds 1 to N and take the medians [3; 5 with --full]")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, kMaxSeeds));
  command->add_flag("--no-sockets", arguments->has_no_sockets,
                    "Leave out the cross-check in real time; what is left is always the same");
  command->callback([arguments, &result] { result = bench(*arguments); });
}

}  // namespace sv::cli
