#include "report/progress_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sv::report {

namespace {

constexpr Duration kDrawEvery = std::chrono::milliseconds(100);
constexpr Duration kPrintEvery = std::chrono::seconds(30);
constexpr std::uint64_t kPrintShares = 10;  // a tenth of the rows
constexpr std::string_view kProgram = "status-validator: ";
constexpr std::string_view kErase = "\r\x1b[J";
constexpr std::string_view kWrapOff = "\x1b[?7l";
constexpr std::string_view kWrapOn = "\x1b[?7h";

std::string drawing_of(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string bytes = fmt::format("\r{}{}\x1b[J", kWrapOff, fmt::join(lines, "\x1b[K\n"));
  if (lines.size() > 1) bytes += fmt::format("\x1b[{}A", lines.size() - 1);
  return bytes + "\r" + std::string(kWrapOn);
}

std::string_view color_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "\x1b[2m";
    case LogLevel::info:
      return "";
    case LogLevel::warning:
      return "\x1b[33m";
    case LogLevel::error:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

ProgressView::ProgressView(Writer writer, ProgressOptions options)
    : writer_(std::move(writer)), options_(std::move(options)), troubles_(options_.language) {}

void ProgressView::on_run_started(std::uint64_t rows) {
  counts_.rows = rows;
  forecast_.on_run_started(rows);
  is_running_ = true;
}

void ProgressView::on_row_queued() { forecast_.on_row_queued(); }

void ProgressView::on_row_finished(const domain::Outcome& outcome) {
  ++counts_.done;
  if (outcome.kind == domain::OutcomeKind::cached) ++counts_.cached;
  if (outcome.kind == domain::OutcomeKind::unjudged) ++counts_.unjudged;
  if (outcome.has_verdict() && outcome.verdict.needs_review) ++counts_.needs_review;
  forecast_.on_row_finished(outcome);
  if (options_.mode.animation) troubles_.note_row(outcome);
}

void ProgressView::on_request_started(std::string_view /*provider*/) { ++counts_.in_flight; }

void ProgressView::on_request_finished(const ports::RequestReport& report) {
  if (counts_.in_flight > 0) --counts_.in_flight;
  if (report.error == ErrorKind::rate_limited) ++counts_.rate_limited;
  count(report.usage, report.cost);
  forecast_.on_request_finished(report);
  troubles_.note_request_finished();
}

void ProgressView::on_batch_finished(const ports::BatchReport& report) {
  count(report.usage, report.cost);
  forecast_.on_batch_finished(report);
}

void ProgressView::count(const domain::Usage& usage, const std::optional<domain::Money>& cost) {
  counts_.tokens += usage.input + usage.output;
  input_tokens_ += usage.input;
  cached_tokens_ += usage.cached_input;
  if (cost) counts_.cost.add(*cost);
}

void ProgressView::on_retry(ErrorKind reason, Duration /*delay*/) {
  ++counts_.retries;
  if (options_.mode.animation) troubles_.note_retry(reason);
}

LiveFigures ProgressView::figures() const {
  LiveFigures now = counts_;
  now.rows_per_second = meter_.rate();
  now.time_left = forecast_.time_left();
  if (input_tokens_ > 0)
    now.prompt_cache_share = static_cast<double>(cached_tokens_) / static_cast<double>(input_tokens_);
  now.cost_of_run = forecast_.cost_of_run();
  now.limits = options_.limits();
  now.batches = options_.batches();
  now.is_stopping = options_.is_stopping();
  return now;
}

void ProgressView::tick(TimePoint now) {
  if (!is_running_) return;
  meter_.add(now, counts_.done);
  forecast_.tick(now);
  if (options_.mode.animation) {
    draw(now);
  } else {
    print_plain(now);
  }
}

void ProgressView::draw(TimePoint now) {
  if (printed_at_ && now - *printed_at_ < kDrawEvery) return;
  printed_at_ = now;
  const TerminalSize size = options_.size();
  // One column and one row stay free: terminals wrap when the last column is written, and scroll when a line
  // is ended in the last row.
  const BlockSize room = {.columns = std::max<std::size_t>(size.columns, 1) - 1,
                          .lines = std::max<std::size_t>(size.rows, 2) - 1};
  std::string above;
  for (const TroubleLine& line : troubles_.take(now))
    above += painted(line.text, line.tone, options_.mode.color) + "\n";
  std::string block = drawing_of(live_block(figures(), room, options_.mode.color, options_.language));
  const bool is_same_size = size == std::exchange(drawn_size_, size);
  const std::lock_guard lock(mutex_);
  if (above.empty() && is_same_size && block == block_) return;
  const std::string_view erase = above.empty() && !block.empty() ? "" : erasing();
  writer_(fmt::format("{}{}{}", erase, above, block));
  block_ = std::move(block);
}

void ProgressView::print_plain(TimePoint now) {
  const bool due = !printed_at_ || (now - *printed_at_ >= kPrintEvery &&
                                    (counts_.done - printed_done_) * kPrintShares >= counts_.rows &&
                                    counts_.done > printed_done_);
  if (!due) return;
  printed_at_ = now;
  printed_done_ = counts_.done;
  const std::lock_guard lock(mutex_);
  writer_(fmt::format("{}{}\n", kProgram, progress_line(figures(), options_.language)));
}

std::string_view ProgressView::erasing() const { return block_.empty() ? "" : kErase; }

void ProgressView::finish() {
  is_running_ = false;
  std::string above;
  if (printed_at_) {
    for (const TroubleLine& line : troubles_.take(*printed_at_))
      above += painted(line.text, line.tone, options_.mode.color) + "\n";
  }
  const std::lock_guard lock(mutex_);
  if (!block_.empty() || !above.empty()) writer_(std::string(erasing()) + above);
  block_.clear();
}

void ProgressView::write(LogLevel level, std::string_view message) {
  const std::string_view color = options_.mode.color ? color_of(level) : "";
  const std::string_view reset = color.empty() ? "" : "\x1b[0m";
  const std::lock_guard lock(mutex_);
  writer_(
      fmt::format("{}{}{}{}{}{}\n{}", erasing(), kProgram, color, label_of(level), reset, message, block_));
}

}  // namespace sv::report
