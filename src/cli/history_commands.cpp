#include "cli/history_commands.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/assemble_earlier_report.hpp"
#include "cli/assemble_explanation.hpp"
#include "cli/assemble_history.hpp"
#include "cli/load_settings.hpp"
#include "cli/messages.hpp"
#include "config/origins.hpp"
#include "report/run_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace sv::cli {

namespace {

constexpr std::size_t kShownRuns = 20;
constexpr std::size_t kMostRuns = 10'000;

struct HistoryArguments {
  std::optional<std::string> config;
  std::optional<std::string> cache;
  std::string run;  // its id, or the beginning of it; empty: the latest that fits
  bool shows_all = false;
  bool is_json = false;
};

std::string cache_path_of(const HistoryArguments& arguments) {
  if (arguments.cache) return *arguments.cache;
  if (!arguments.config) return config::default_cache_path(settings_request({}).environment);
  RunArguments run;
  run.config = arguments.config;
  return load_settings_without_keys(run).cache_path;
}

// It stays the same when the working directory changes.
std::string absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(path, error);
  return error ? path : full.string();
}

std::vector<ports::RunRecord> runs_of(const HistoryArguments& arguments, std::size_t max) {
  const std::string cache_path = cache_path_of(arguments);
  // A run's path must hold when the working directory changes.
  std::vector<ports::RunRecord> runs = open_history(absolute(cache_path))->runs(max);
  if (runs.empty()) {
    throw Fatal(
        ExitCode::no_input,
        fmt::format("no run is known of the answer cache {}: name another with --cache FILE, or the settings "
                    "file with --config FILE",
                    sanitize_for_terminal(cache_path)));
  }
  return runs;
}

ExitCode show_status(const HistoryArguments& arguments) {
  std::vector<ports::RunRecord> runs =
      runs_of(arguments, arguments.shows_all || !arguments.run.empty() ? kMostRuns : kShownRuns);
  if (!arguments.run.empty()) {
    std::erase_if(runs, [&](const ports::RunRecord& run) { return !run.run_id.starts_with(arguments.run); });
    if (runs.empty())
      throw Fatal(ExitCode::no_input, "there is no such run: `status-validator status` lists them");
  }
  if (arguments.is_json) {
    fmt::print("{}", report::runs_json(runs));
  } else if (!arguments.run.empty() && runs.size() == 1) {
    fmt::print("{}", report::render_run(runs.front(), phrasebook()));
  } else {
    fmt::print("{}", report::render_runs(runs, phrasebook()));
  }
  return ExitCode::ok;
}

// The run that was named, else the latest for which `fits` holds.
template <typename Fits>
std::optional<ports::RunRecord> pick(const HistoryArguments& arguments, Fits fits) {
  for (ports::RunRecord& run : runs_of(arguments, kMostRuns)) {
    if (arguments.run.empty() ? fits(run) : run.run_id.starts_with(arguments.run)) return std::move(run);
  }
  if (arguments.run.empty()) return std::nullopt;
  throw Fatal(ExitCode::no_input, fmt::format("there is no run {}: `status-validator status` lists them",
                                              sanitize_for_terminal(arguments.run)));
}

RunArguments go_on(const ports::RunRecord& run, const std::vector<std::string>& command_line) {
  if (!run.holder.empty()) {
    throw Fatal(ExitCode::try_again, fmt::format("run {} is being worked on by {}", run.run_id, run.holder));
  }
  std::error_code error;
  std::filesystem::current_path(run.directory, error);
  if (error) {
    throw Fatal(ExitCode::no_input, fmt::format("run {} was started in {}: {}", run.run_id,
                                                sanitize_for_terminal(run.directory), error.message()));
  }
  std::string shown;
  for (const std::string& word : command_line) shown += " " + sanitize_for_terminal(word);
  log(LogLevel::info, "run {}: status-validator{}", run.run_id, shown);
  return parse_run_arguments(command_line);
}

void resume(const HistoryArguments& arguments, std::optional<ExitCode>& result,
            std::optional<RunArguments>& resumed) {
  const std::optional<ports::RunRecord> run = pick(arguments, [](const ports::RunRecord& candidate) {
    return !candidate.is_finished() && candidate.holder.empty();
  });
  if (!run) {
    log(LogLevel::info, "nothing to resume: every run is finished or being worked on");
    result = ExitCode::ok;
    return;
  }
  resumed = go_on(*run, run->arguments);
}

void retry(const HistoryArguments& arguments, std::optional<ExitCode>& result,
           std::optional<RunArguments>& resumed) {
  const std::optional<ports::RunRecord> run = pick(arguments, [](const ports::RunRecord& candidate) {
    return candidate.holder.empty() && candidate.progress.unjudged > 0;
  });
  if (!run || (run->is_finished() && run->progress.unjudged == 0)) {
    log(LogLevel::info, "nothing to retry: every row of {} has its verdict", run ? "the run" : "every run");
    result = ExitCode::ok;
    return;
  }
  // Whoever has a verdict keeps it: only what a finished run could not judge is asked again.
  std::vector<std::string> command_line = run->arguments;
  if (run->is_finished()) {
    std::erase_if(command_line,
                  [](const std::string& word) { return word == "--force" || word == "--checkdate"; });
  }
  resumed = go_on(*run, command_line);
}

ExitCode explain(const HistoryArguments& arguments, std::uint64_t row_number) {
  const auto history = open_history(absolute(cache_path_of(arguments)));
  const std::optional<ports::RunRecord> run = pick(arguments, [](const ports::RunRecord&) { return true; });
  if (!run) throw Fatal(ExitCode::no_input, "no run is known");
  fmt::print("{}", explain_row(*history, *run, row_number, arguments.is_json));
  return ExitCode::ok;
}

ExitCode report_again(const HistoryArguments& arguments, const std::string& output) {
  const auto history = open_history(absolute(cache_path_of(arguments)));
  const std::optional<ports::RunRecord> run = pick(arguments, [](const ports::RunRecord&) { return true; });
  if (!run) throw Fatal(ExitCode::no_input, "no run is known");
  if (!run->holder.empty()) {
    throw Fatal(ExitCode::try_again,
                fmt::format("run {} is being worked on by {}: wait for its end", run->run_id, run->holder));
  }
  const std::string path = absolute(output.empty() ? run->run_id + ".html" : output);
  write_earlier_report(*history, *run, path);
  log(LogLevel::info, "report of run {} written to {}", run->run_id, sanitize_for_terminal(path));
  return ExitCode::ok;
}

// `run_option`: how the run is named, a word of its own or a flag.
std::shared_ptr<HistoryArguments> add_common_options(CLI::App& command,
                                                     const std::string& run_option = "run") {
  auto arguments = std::make_shared<HistoryArguments>();  // shared with the callback, which runs later
  command.add_option(run_option, arguments->run, "The run, by its id or the beginning of it")
      ->type_name("RUN");
  command.add_option("--config", arguments->config, "Settings file that names the answer cache")
      ->type_name("FILE");
  command.add_option("--cache", arguments->cache, "Answer cache (SQLite) [status_validator_answers.sqlite]")
      ->type_name("FILE");
  return arguments;
}

}  // namespace

void add_history_commands(CLI::App& app, std::optional<ExitCode>& result,
                          std::optional<RunArguments>& resumed) {
  CLI::App* status =
      app.add_subcommand("status", "List the runs of an answer cache and what is missing in them");
  const auto shown = add_common_options(*status);
  status->add_flag("--all", shown->shows_all, "All runs, not only the latest 20");
  status->add_flag("--json", shown->is_json, "One JSON line for each run");
  status->callback([shown, &result] { result = show_status(*shown); });

  CLI::App* resume_command =
      app.add_subcommand("resume", "Go on with a run that was killed, stopped or failed: the latest, or RUN");
  const auto resumed_run = add_common_options(*resume_command);
  resume_command->callback([resumed_run, &result, &resumed] { resume(*resumed_run, result, resumed); });

  CLI::App* explain_command = app.add_subcommand(
      "explain",
      "Tell how a row got its verdict: requests, costs, answer key, cache; in the latest run or RUN");
  const auto row_number = std::make_shared<std::uint64_t>(0);
  explain_command->add_option("row", *row_number, "The row's number in the source, its header included")
      ->required()
      ->check(CLI::PositiveNumber)
      ->type_name("ROW");
  const auto explained = add_common_options(*explain_command, "--run");
  explain_command->add_flag("--json", explained->is_json, "JSON lines: the row, then each request");
  explain_command->callback([explained, row_number, &result] { result = explain(*explained, *row_number); });

  CLI::App* report_command = app.add_subcommand(
      "report", "Write the HTML report of a run that is over: the latest, or RUN; nothing is asked or paid");
  const auto reported = add_common_options(*report_command);
  const auto output = std::make_shared<std::string>();
  report_command->add_option("-o,--output", *output, "The page to write [RUN.html]")->type_name("FILE");
  report_command->callback([reported, output, &result] { result = report_again(*reported, *output); });

  CLI::App* retry_command = app.add_subcommand(
      "retry", "Ask again about the rows that a run could not judge: the latest with such rows, or RUN");
  const auto retried_run = add_common_options(*retry_command);
  retry_command->callback([retried_run, &result, &resumed] { retry(*retried_run, result, resumed); });
}

}  // namespace sv::cli
