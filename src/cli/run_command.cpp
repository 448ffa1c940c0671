#include "cli/run_command.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/assemble.hpp"
#include "cli/exit_codes.hpp"
#include "cli/load_settings.hpp"
#include "cli/observers.hpp"
#include "cli/row_lines.hpp"
#include "cli/rulebook_export.hpp"
#include "cli/signals.hpp"
#include "cli/ticker.hpp"
#include "metrics/listen_address.hpp"
#include "metrics/metrics_file.hpp"
#include "metrics/metrics_server.hpp"
#include "metrics/prometheus.hpp"
#include "metrics/run_metrics.hpp"
#include "report/limits_json.hpp"
#include "report/outcome_list.hpp"
#include "report/progress_view.hpp"
#include "report/summary.hpp"
#include "report/terminal.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
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

// Everything about the metrics file that can be known before the run and would only be regretted in it: the
// file is replaced every few seconds, whatever it was.
void check_metrics_file(const RunArguments& arguments, const config::Settings& settings) {
  if (!arguments.metrics_file) return;
  const std::string& typed = *arguments.metrics_file;
  const std::string shown = sanitize_for_terminal(typed);
  const std::filesystem::path path(typed);
  std::error_code ignored;
  if (!path.has_filename() || std::filesystem::is_directory(path, ignored)) {
    throw Fatal(ExitCode::usage,
                fmt::format("--metrics-file: '{}' does not name a file: give one, such as "
                            "--metrics-file {}",
                            shown, sanitize_for_terminal((path / "status_validator.prom").string())));
  }
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  if (!std::filesystem::is_directory(parent, ignored)) {
    throw Fatal(ExitCode::usage,
                fmt::format("--metrics-file: there is no directory {}: create it, or name a file in another",
                            sanitize_for_terminal(parent.string())));
  }
  const std::filesystem::file_type type = std::filesystem::symlink_status(path, ignored).type();
  if (type != std::filesystem::file_type::regular && type != std::filesystem::file_type::not_found) {
    throw Fatal(ExitCode::usage,
                fmt::format("--metrics-file: {} is not a regular file, and it would be replaced by one: name "
                            "another",
                            shown));
  }
  for (const std::string& other : {settings.source, settings.target, settings.cache_path,
                                   arguments.config.value_or(""), arguments.rules_file.value_or("")}) {
    if (!is_same_file(typed, other)) continue;
    throw Fatal(ExitCode::usage,
                fmt::format("--metrics-file: {} is a file of the run itself, and it would be overwritten: "
                            "name another",
                            shown));
  }
}

std::optional<metrics::ListenAddress> metrics_address(const RunArguments& arguments) {
  if (!arguments.metrics_listen) return std::nullopt;
  Result<metrics::ListenAddress> address = metrics::parse_listen_address(*arguments.metrics_listen);
  if (!address) throw Fatal(ExitCode::usage, "--metrics-listen: " + address.error().message);
  return *std::move(address);
}

void write_to_stderr(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
  static_cast<void>(std::fflush(stderr));
}

void print_result_line(const std::string& line) { fmt::print("{}\n", line); }

// Tells at once of a provider that is left out, and remembers what went wrong last, for the exit code of a
// run in vain.
class ProviderTroubles final : public ports::RunObserver {
 public:
  void on_request_finished(const ports::RequestReport& report) override {
    if (report.error && *report.error != ErrorKind::cancelled) last_ = report.error;
  }
  void on_provider_resting(std::string_view provider, const Error& last_failure) override {
    log(LogLevel::warning,
        "provider {} does not answer ({}); its rows wait or go to the next provider until it does", provider,
        last_failure.message);
  }
  void on_provider_back(std::string_view provider, Duration after) override {
    log(LogLevel::warning, "provider {} answers again, after {:.0f} s", provider, to_seconds(after));
  }
  void on_provider_disabled(std::string_view provider, const Error& error) override {
    log(LogLevel::warning, "provider {} is not asked any more in this run: {}", provider, error.message);
  }
  std::optional<ErrorKind> last() const { return last_; }

 private:
  std::optional<ErrorKind> last_;
};

// How often `--json` tells how the limits are used.
constexpr Duration kLimitsPeriod = std::chrono::seconds(10);

// Due when a period has passed since the last time; the first one begins with the first question.
class Every {
 public:
  explicit Every(Duration period) : period_(period) {}
  bool is_due(TimePoint now) {
    if (!last_) last_ = now;
    if (now - *last_ < period_) return false;
    last_ = now;
    return true;
  }

 private:
  Duration period_;
  std::optional<TimePoint> last_;
};

// Everything that watches a run, and what is said about it at the end.
class Watchers {
 public:
  Watchers(const RunArguments& arguments, const Clock& clock, report::TerminalMode mode)
      : arguments_(arguments), mode_(mode), metrics_(clock), view_(write_to_stderr, view_options(mode)) {
    observers_.add(metrics_);
    observers_.add(list_);
    observers_.add(troubles_);
    if (!arguments.is_quiet) observers_.add(view_);
    if (arguments.is_json) observers_.add(lines_);
    if (arguments.metrics_file) file_.emplace(*arguments.metrics_file, [this] { return figures(); });
    set_log_sink(&view_);
  }
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;
  ~Watchers() { set_log_sink(nullptr); }

  ports::RunObserver& observer() { return observers_; }
  // Asked until the run has been told; until it is set no limit is known.
  void set_limits(std::function<std::vector<domain::ProviderLimits>()> limits) {
    limits_ = std::move(limits);
  }
  void tick(TimePoint now) {
    view_.tick(now);
    if (file_) warn(file_->tick(now));
    if (arguments_.is_json && limits_ && limits_told_.is_due(now)) {
      print_result_line(report::limits_json_line(limits_()));
      static_cast<void>(std::fflush(stdout));
    }
  }
  std::optional<ErrorKind> last_error() const { return troubles_.last(); }
  // In Prometheus' text format.
  std::string figures() const { return metrics::prometheus_text(summary(), SV_VERSION); }

  void tell(const engine::RunResult& result, const std::string& target) {
    view_.finish();
    if (file_) warn(file_->write());
    const std::size_t columns = mode_.animation ? report::terminal_columns(STDERR_FILENO) : 0;
    write_to_stderr(list_.render(domain::Language::english, columns));
    const metrics::RunSummary summary = this->summary();
    if (!arguments_.is_quiet) {
      write_to_stderr(report::render_summary(summary, domain::Language::english,
                                             {.color = mode_.color, .columns = columns}));
      if (result.is_written && !target.empty())
        write_to_stderr(fmt::format("Review written to {}\n", target));
    }
    if (arguments_.is_json) print_result_line(report::summary_json(summary));
  }

 private:
  // The figures are worth less than the run: it goes on without them.
  static void warn(const std::optional<Error>& error) {
    if (error) log(LogLevel::warning, "{}; the run itself is not affected", error->message);
  }

  metrics::RunSummary summary() const {
    metrics::RunSummary summary = metrics_.summary();
    if (limits_) summary.limits = limits_();
    return summary;
  }

  report::ProgressOptions view_options(report::TerminalMode mode) const {
    report::ProgressOptions options;
    options.mode = mode;
    options.limits = [this] { return limits_ ? limits_() : std::vector<domain::ProviderLimits>(); };
    options.columns = [] { return report::terminal_columns(STDERR_FILENO); };
    return options;
  }

  const RunArguments& arguments_;
  report::TerminalMode mode_;
  std::function<std::vector<domain::ProviderLimits>()> limits_;
  Every limits_told_{kLimitsPeriod};
  metrics::RunMetrics metrics_;
  report::OutcomeList list_;
  ProviderTroubles troubles_;
  report::ProgressView view_;
  RowLines lines_{stdout};
  std::optional<metrics::MetricsFile> file_;
  Observers observers_;
};

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
void explain_unwritten(const engine::RunResult& result, const std::string& target, bool was_stopped) {
  if (result.error) {
    log(LogLevel::error, "{}", result.error->message);
  } else if (was_stopped) {
    log(LogLevel::warning,
        "stopped after {} of {} rows: {}. Answers so far are in the answer cache; run again to go on",
        result.counts.total(), result.rows,
        target.empty()      ? std::string("the other rows were not asked about")
        : result.is_written ? fmt::format("the others stand in {} without a verdict", target)
                            : fmt::format("{} was not changed", target));
  } else if (!result.is_written) {
    log(LogLevel::error, "not one row could be judged: {} is left as it was", target);
  }
}

ExitCode exit_code_of(const engine::RunResult& result, const StopSignals& signals,
                      std::optional<ErrorKind> provider) {
  if (result.error) return result.error->kind == ErrorKind::invalid_input ? ExitCode::bad_data : ExitCode::io;
  if (signals.received() != 0 && !result.is_complete()) return signals.exit_code();
  if (result.counts.unjudged == 0) return ExitCode::ok;
  if (result.counts.judged + result.counts.cached == 0 && provider) {
    return provider_exit_code(*provider);
  }
  return ExitCode::rows_unjudged;
}

boost::asio::awaitable<engine::RunResult> run_and_flush(Assembly& assembly) {
  const engine::RunContext context = assembly.context();
  const engine::RunOptions options = assembly.options();
  engine::RunResult result = co_await engine::run(context, options);
  co_await assembly.flush();
  co_return result;
}

}  // namespace

ExitCode run_command(const RunArguments& arguments) {
  if (arguments.is_verbose) set_log_level(LogLevel::debug);
  if (arguments.is_quiet) set_log_level(LogLevel::error);
  const config::Settings settings = load_settings(arguments);
  check_metrics_file(arguments, settings);
  const std::optional<metrics::ListenAddress> listen_address = metrics_address(arguments);
  if (arguments.has_rules && !arguments.rules_file && !arguments.is_dry_run) {
    const std::string path = export_rulebook(settings);
    log(LogLevel::info, "rulebook written to {}", path);
  }

  SystemClock clock;
  StopSignal stop;
  boost::asio::io_context io(1);
  Watchers watchers(arguments, clock,
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
  std::vector<std::string> said = assembly->warnings();
  for (const std::string& warning : said) log(LogLevel::warning, "{}", warning);

  StopSignals signals(io, stop);
  Ticker ticker(io, [&watchers, &clock] { watchers.tick(clock.now()); });
  std::optional<engine::RunResult> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, run_and_flush(*assembly), [&](std::exception_ptr error, engine::RunResult value) {
    failure = std::move(error);
    result = std::move(value);
    signals.ignore();
    ticker.stop();
    server.stop();
  });
  io.run();
  if (failure) std::rethrow_exception(failure);

  for (const std::string& warning : assembly->warnings()) {
    if (std::ranges::find(said, warning) == said.end()) log(LogLevel::warning, "{}", warning);
  }
  const std::string target = arguments.is_dry_run ? std::string() : settings.target;
  watchers.tell(*result, target);
  if (const std::uint64_t repeated = assembly->repeated_questions(); repeated > 0) {
    log(LogLevel::warning, "{} {} asked a second time, because the crash before had taken the answer",
        repeated, repeated == 1 ? "row was" : "rows were");
  }
  explain_unwritten(*result, target, signals.received() != 0 && !result->is_complete());
  return exit_code_of(*result, signals, watchers.last_error());
}

}  // namespace sv::cli
