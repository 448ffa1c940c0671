#include "cli/run_command.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/assemble.hpp"
#include "cli/assemble_run_report.hpp"
#include "cli/exit_codes.hpp"
#include "cli/load_settings.hpp"
#include "cli/messages.hpp"
#include "cli/open_tables.hpp"
#include "cli/rulebook_export.hpp"
#include "cli/signals.hpp"
#include "cli/ticker.hpp"
#include "cli/watchers.hpp"
#include "engine/batch_pass.hpp"
#include "metrics/listen_address.hpp"
#include "metrics/metrics_server.hpp"
#include "report/terminal.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

bool is_same_file(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  std::error_code error;
  const std::filesystem::path first = std::filesystem::weakly_canonical(a, error);
  return !error && first == std::filesystem::weakly_canonical(b, error) && !error;
}

// Everything about a file beside the review that can be known before the run and would only be regretted at
// its end: the file is replaced, whatever it was.
void check_side_file(std::string_view flag, const std::string& typed, std::string_view example,
                     const std::vector<std::string>& others) {
  const std::string shown = sanitize_for_terminal(typed);
  const std::filesystem::path path(typed);
  std::error_code ignored;
  if (!path.has_filename() || std::filesystem::is_directory(path, ignored)) {
    throw Fatal(ExitCode::usage, fmt::format("{0}: '{1}' does not name a file: give one, such as {0} {2}",
                                             flag, shown, sanitize_for_terminal((path / example).string())));
  }
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(parent, ignored)) {
    throw Fatal(ExitCode::usage,
                fmt::format("{}: there is no directory {}: create it, or name a file in another", flag,
                            sanitize_for_terminal(parent.string())));
  }
  const std::filesystem::file_type type = std::filesystem::symlink_status(path, ignored).type();
  if (type != std::filesystem::file_type::regular && type != std::filesystem::file_type::not_found) {
    throw Fatal(ExitCode::usage, fmt::format("{}: {} is not a regular file, and it would be replaced by one: "
                                             "name another",
                                             flag, shown));
  }
  for (const std::string& other : others) {
    if (!is_same_file(typed, other)) continue;
    throw Fatal(ExitCode::usage,
                fmt::format("{}: {} is a file of the run itself, and it would be overwritten: "
                            "name another",
                            flag, shown));
  }
}

void check_side_files(const RunArguments& arguments, const config::Settings& settings) {
  std::vector<std::string> others = {settings.source, settings.target, settings.cache_path,
                                     arguments.config.value_or(""), arguments.rules_file.value_or("")};
  if (arguments.metrics_file) {
    check_side_file("--metrics-file", *arguments.metrics_file, "status_validator.prom", others);
    others.push_back(*arguments.metrics_file);
  }
  if (arguments.report) check_side_file("--report", *arguments.report, "report.html", others);
}

std::optional<metrics::ListenAddress> metrics_address(const RunArguments& arguments) {
  if (!arguments.metrics_listen) return std::nullopt;
  Result<metrics::ListenAddress> address = metrics::parse_listen_address(*arguments.metrics_listen);
  if (!address) throw Fatal(ExitCode::usage, "--metrics-listen: " + address.error().message);
  return *std::move(address);
}

void listen_for_scrapes(metrics::MetricsServer& server, const metrics::ListenAddress& address) {
  const Result<void> listening = server.listen(address);
  if (!listening) {
    throw Fatal(ExitCode::unavailable,
                fmt::format("--metrics-listen: {}: choose another port, or 0 for any free one",
                            listening.error().message));
  }
  log(LogLevel::info, "metrics on {}", server.url());
}

// Why the target was not written, unless it was.
// `is_sheet`: it was written while the run went on.
void explain_unwritten(const engine::RunResult& result, const std::string& target, bool is_sheet,
                       bool was_stopped) {
  if (result.error) {
    log(LogLevel::error, "{}", result.error->message);
  } else if (was_stopped) {
    log(LogLevel::warning,
        "stopped after {} of {} rows: {}. Answers so far are in the answer cache; run again to go on",
        result.counts.finished(), result.rows,
        target.empty()      ? std::string("the other rows were not asked about")
        : result.is_written ? fmt::format("the others stand in {} without a verdict", target)
        : is_sheet          ? fmt::format("{} has the reviews so far", target)
                            : fmt::format("{} was not changed", target));
  } else if (!result.is_written && result.is_complete()) {
    log(LogLevel::error, "not one row could be judged: {}",
        is_sheet ? fmt::format("no review is written to {}", target)
                 : fmt::format("{} is left as it was", target));
  }
}

void explain_batches(const engine::RunResult& result) {
  log(LogLevel::warning,
      "{} {} under way at the provider with {} {}; nothing is written yet. Run again, or `status-validator "
      "resume`, to fetch the answers",
      result.batches_under_way, result.batches_under_way == 1 ? "batch is" : "batches are",
      result.rows_under_way, result.rows_under_way == 1 ? "row" : "rows");
  if (result.come_again_by) {
    log(LogLevel::warning, "to be over at its deadline the run must be gone on with by {}",
        format_check_date(*result.come_again_by));
  }
}

void explain_late_batches(const engine::RunResult& result) {
  if (result.answered_twice > 0) {
    log(LogLevel::warning, "{} {} paid twice: a batch that was cancelled for the deadline has answered too",
        result.answered_twice, result.answered_twice == 1 ? "row was" : "rows were");
  }
  if (result.perhaps_twice > 0) {
    log(LogLevel::warning,
        "{} {} perhaps paid twice: a batch that was cancelled for the deadline has not ended yet; the most "
        "that it can cost is counted",
        result.perhaps_twice, result.perhaps_twice == 1 ? "row was" : "rows were");
  }
}

void explain_limit(const engine::RunResult& result, const std::string& limit,
                   const std::string& cost_to_finish) {
  std::string text = fmt::format("{} after {} of {} rows", limit, result.counts.finished(), result.rows);
  if (!cost_to_finish.empty()) text += fmt::format("; the others will cost about {}", cost_to_finish);
  log(LogLevel::warning, "{}. Run again with a higher limit to go on", text);
}

ExitCode exit_code_of(const engine::RunResult& result, const StopSignals& signals, bool is_limit_reached,
                      std::optional<ErrorKind> provider) {
  if (result.error) return run_exit_code(result.error->kind);
  const bool is_cut_short = signals.received() != 0 || is_limit_reached;
  if (result.batches_under_way > 0 && !is_cut_short) return ExitCode::try_again;
  if (signals.received() != 0 && !result.is_complete()) return signals.exit_code();
  if (is_limit_reached && !result.is_complete()) return ExitCode::limit_reached;
  if (result.counts.unjudged == 0) return ExitCode::ok;
  if (result.counts.judged + result.counts.cached + result.counts.decided == 0 && provider) {
    return provider_exit_code(*provider);
  }
  return ExitCode::rows_unjudged;
}

// --max-time: ends the run well when its time is over.
class TimeLimit {
 public:
  TimeLimit(boost::asio::io_context& io, StopSignal& stop, std::optional<Duration> most) : timer_(io) {
    if (!most) return;
    timer_.expires_after(*most);
    timer_.async_wait([this, &stop, most = *most](const boost::system::error_code& error) {
      if (error) return;
      reason_ = fmt::format("the limit of {:.0f} s is reached", to_seconds(most));
      log(LogLevel::warning, "{}: waiting for the answers in flight", reason_);
      stop.request();
    });
  }
  void cancel() { timer_.cancel(); }
  // For people; empty: it is not reached.
  const std::string& reason() const { return reason_; }

 private:
  boost::asio::steady_timer timer_;
  std::string reason_;
};

// What the run is about to do, as its first lines. Whatever is wrong with the source the run tells itself.
boost::asio::awaitable<void> tell_outlook(Assembly& assembly, domain::Language language) {
  const Result<report::Outlook> outlook = co_await assembly.outlook();
  if (!outlook) co_return;
  for (const std::string& line : report::render_outlook(*outlook, words::phrasebook_of(language)))
    log(LogLevel::info, "{}", line);
}

boost::asio::awaitable<engine::RunResult> run_and_flush(Assembly& assembly, bool may_wait,
                                                        std::optional<domain::Language> told_in) {
  if (told_in) co_await tell_outlook(assembly, *told_in);
  const engine::RunContext context = assembly.context();
  const engine::RunOptions options = assembly.options();
  ports::BatchJudge* batches = assembly.batches();
  // Not in one expression: g++ builds both coroutines of a conditional.
  engine::RunResult result;
  if (batches != nullptr) {
    engine::BatchPassOptions pass;
    pass.may_wait = may_wait;
    pass.deadline = assembly.deadline();
    result = co_await engine::run_in_batches(context, options, *batches, std::move(pass));
  } else {
    result = co_await engine::run(context, options);
  }
  co_await assembly.flush();
  co_return result;
}

}  // namespace

ExitCode run_command(const RunArguments& arguments) {
  if (arguments.is_verbose) set_log_level(LogLevel::debug);
  if (arguments.is_quiet) set_log_level(LogLevel::error);
  const config::Settings settings = load_settings(arguments);
  check_side_files(arguments, settings);
  if ((arguments.is_detached || arguments.batch_rows || arguments.deadline) && !settings.is_batch) {
    throw Fatal(ExitCode::usage, "--detach, --batch-rows and --deadline are about batches: give --batch too");
  }
  const std::optional<metrics::ListenAddress> listen_address = metrics_address(arguments);
  if (arguments.has_rules && !arguments.rules_file && !arguments.is_dry_run) {
    SystemClock clock;
    log(LogLevel::info, "rulebook written to {}", export_rulebook(settings, clock));
  }

  SystemClock clock;
  StopSignal stop;
  boost::asio::io_context io(1);
  Watchers watchers(arguments, clock, stop,
                    report::decide_terminal_mode(
                        report::read_terminal_facts(STDERR_FILENO, report::ColorChoice::automatic)));
  metrics::MetricsServer server(io, [&watchers] { return watchers.figures(); });
  if (listen_address) listen_for_scrapes(server, *listen_address);
  const std::unique_ptr<Assembly> assembly = assemble({.executor = io.get_executor(),
                                                       .settings = settings,
                                                       .arguments = arguments,
                                                       .observer = watchers.observer(),
                                                       .clock = clock,
                                                       .stop = stop});
  watchers.set_limits([&assembly] { return assembly->limits_now(); });
  if (const ports::BatchJudge* batches = assembly->batches()) {
    watchers.set_batches([batches] {
      return report::BatchesUnderWay{.batches = batches->batches_under_way(),
                                     .rows = batches->rows_under_way()};
    });
  }
  RunReport run_report(arguments, settings, *assembly, clock);
  watchers.add(run_report);
  if (arguments.is_simulated)
    log(LogLevel::warning, "SIMULATION: these verdicts come from simple checks, not from a model");
  std::vector<std::string> said = assembly->warnings();
  for (const std::string& warning : said) log(LogLevel::warning, "{}", warning);

  StopSignals signals(io, stop, settings.drain_timeout,
                      {.in_flight = [&watchers] { return watchers.in_flight(); },
                       .before_exit = [&watchers] { watchers.leave(); }});
  TimeLimit time_limit(io, stop, settings.max_time);
  Ticker ticker(io, [&] {
    watchers.tick(clock.now());
    run_report.tick(*assembly);
  });
  // Not when nobody reads it: counting takes its time.
  const std::optional<domain::Language> told_in =
      arguments.is_quiet ? std::nullopt : std::optional(phrasebook().language());
  std::optional<engine::RunResult> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, run_and_flush(*assembly, !arguments.is_detached, told_in),
                        [&](std::exception_ptr error, engine::RunResult value) {
                          failure = std::move(error);
                          result = std::move(value);
                          signals.ignore();
                          time_limit.cancel();
                          ticker.stop();
                          server.stop();
                        });
  io.run();
  if (failure) std::rethrow_exception(failure);

  for (const std::string& warning : assembly->warnings()) {
    if (std::ranges::find(said, warning) == said.end()) log(LogLevel::warning, "{}", warning);
  }
  const std::string target = arguments.is_dry_run ? std::string() : shown_target(settings);
  watchers.tell(*result, target);
  if (const std::uint64_t repeated = assembly->repeated_questions(); repeated > 0) {
    log(LogLevel::warning, "{} {} asked a second time, because the crash before had taken the answer",
        repeated, repeated == 1 ? "row was" : "rows were");
  }
  if (result->batches_under_way > 0) explain_batches(*result);
  explain_late_batches(*result);
  const std::string limit = result->limit ? result->limit->message : time_limit.reason();
  explain_unwritten(*result, target, is_sheets_target(settings),
                    signals.received() != 0 && !result->is_complete());
  if (!limit.empty() && !result->is_complete() && !result->error)
    explain_limit(*result, limit, assembly->cost_to_finish(*result));
  const bool is_reported = run_report.finish(*result, result->error ? result->error->message : limit);
  if (is_reported && arguments.report)
    log(LogLevel::info, "report written to {}", sanitize_for_terminal(*arguments.report));
  const ExitCode code = exit_code_of(*result, signals, !limit.empty(), watchers.last_error());
  if (code != ExitCode::ok) return code;
  if (!is_reported) return ExitCode::cannot_create;
  const std::uint64_t invalid = watchers.invalid_rows();
  if (!arguments.fail_from || invalid < *arguments.fail_from) return ExitCode::ok;
  log(LogLevel::warning, "exit code 1, as --fail-on asks: rows that are invalid: {}", invalid);
  return ExitCode::invalid_rows;
}

}  // namespace sv::cli
