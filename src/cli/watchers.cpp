#include "cli/watchers.hpp"

#include "cli/messages.hpp"
#include "metrics/prometheus.hpp"
#include "report/limits_json.hpp"
#include "report/summary.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace sv::cli {

namespace {

void write_to_stderr(std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
  static_cast<void>(std::fflush(stderr));
}

void print_result_line(const std::string& line) { fmt::print("{}\n", line); }

// The figures are worth less than the run: it goes on without them.
void warn(const std::optional<Error>& error) {
  if (error) log(LogLevel::warning, "{}; the run itself is not affected", error->message);
}

}  // namespace

Watchers::Watchers(const RunArguments& arguments, const Clock& clock, const StopSignal& stop,
                   report::TerminalMode mode)
    : arguments_(arguments),
      mode_(mode),
      stop_(stop),
      metrics_(clock),
      view_(write_to_stderr, view_options(mode)) {
  observers_.add(metrics_);
  observers_.add(list_);
  observers_.add(troubles_);
  if (!arguments.is_quiet) observers_.add(view_);
  if (arguments.is_json) observers_.add(lines_);
  if (arguments.metrics_file) file_.emplace(*arguments.metrics_file, [this] { return figures(); });
  set_log_sink(&view_);
}

void Watchers::tick(TimePoint now) {
  view_.tick(now);
  if (file_) warn(file_->tick(now));
  if (arguments_.is_json && limits_ && limits_told_.is_due(now)) {
    print_result_line(report::limits_json_line(limits_()));
    static_cast<void>(std::fflush(stdout));
  }
}

std::string Watchers::figures() const { return metrics::prometheus_text(summary(), SV_VERSION); }

void Watchers::tell(const engine::RunResult& result, const std::string& target) {
  view_.finish();
  if (file_) warn(file_->write());
  const std::size_t columns = mode_.animation ? report::terminal_columns(STDERR_FILENO) : 0;
  write_to_stderr(list_.render(phrasebook(), columns));
  const metrics::RunSummary summary = this->summary();
  if (!arguments_.is_quiet) {
    write_to_stderr(
        report::render_summary(summary, message_language(), {.color = mode_.color, .columns = columns}));
    if (result.is_written && !target.empty())
      write_to_stderr(say(fmt::format("Review written to {}\n", target)));
  }
  if (arguments_.is_json) print_result_line(report::summary_json(summary));
}

metrics::RunSummary Watchers::summary() const {
  metrics::RunSummary summary = metrics_.summary();
  if (limits_) summary.limits = limits_();
  return summary;
}

report::ProgressOptions Watchers::view_options(report::TerminalMode mode) const {
  report::ProgressOptions options;
  options.mode = mode;
  options.language = message_language();
  options.limits = [this] { return limits_ ? limits_() : std::vector<domain::ProviderLimits>(); };
  options.size = [] { return report::terminal_size(STDERR_FILENO); };
  options.batches = [this] { return batches_ ? batches_() : report::BatchesUnderWay{}; };
  options.is_stopping = [this] { return stop_.is_requested(); };
  return options;
}

}  // namespace sv::cli
