#include "report/progress_view.hpp"

#include "base/text.hpp"
#include "report/numbers.hpp"
#include "report/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sv::report {

namespace {

constexpr Duration kDrawEvery = std::chrono::milliseconds(100);
constexpr Duration kPrintEvery = std::chrono::seconds(30);
constexpr std::uint64_t kPrintShares = 10;  // a tenth of the rows
constexpr std::size_t kBarCells = 16;
constexpr std::size_t kColumnsForBar = 110;
constexpr std::string_view kProgram = "status-validator: ";
constexpr std::string_view kEraseLine = "\r\x1b[K";
constexpr std::string_view kEraseRest = "\x1b[K";

std::string bar(std::uint64_t done, std::uint64_t rows) {
  const std::uint64_t full = rows == 0 ? kBarCells : std::min<std::uint64_t>(done, rows) * kBarCells / rows;
  std::string cells;
  for (std::size_t i = 0; i < kBarCells; ++i) cells += i < full ? "█" : "░";
  return cells;
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
    : writer_(std::move(writer)), options_(std::move(options)) {}

void ProgressView::on_run_started(std::uint64_t rows) {
  rows_ = rows;
  is_running_ = true;
}

void ProgressView::on_row_finished(const domain::Outcome& outcome) {
  ++done_;
  if (outcome.kind == domain::OutcomeKind::cached) ++cached_;
  if (outcome.kind == domain::OutcomeKind::unjudged) ++unjudged_;
}

void ProgressView::on_request_started(std::string_view /*provider*/) { ++in_flight_; }

void ProgressView::on_request_finished(const ports::RequestReport& report) {
  if (in_flight_ > 0) --in_flight_;
  tokens_ += report.usage.input + report.usage.output;
  if (report.cost) cost_.add(*report.cost);
}

void ProgressView::on_retry(ErrorKind /*reason*/, Duration /*delay*/) { ++retries_; }

std::string ProgressView::status_text(bool with_bar) const {
  const domain::Language language = options_.language;
  const Texts& words = texts(language);
  const std::uint64_t remaining = rows_ > done_ ? rows_ - done_ : 0;
  const double share = rows_ == 0 ? 1.0 : static_cast<double>(done_) / static_cast<double>(rows_);
  const std::optional<Duration> left = remaining == 0 ? Duration::zero() : meter_.time_for(remaining);
  // Most important first: what does not fit is cut at the end.
  std::string text = with_bar ? bar(done_, rows_) + " " : std::string();
  text += fmt::format("{}/{}  {}", grouped(done_), grouped(rows_), percent(share, language));
  text += fmt::format("  {} {}", rate_text(meter_.rate(), language), words.rows_per_second);
  text += fmt::format("  {} {}", words.time_left, left ? rough_duration_text(*left, language) : "–");
  text += fmt::format("  {} {}", words.in_flight, grouped(in_flight_));
  text += limits_text();
  if (unjudged_ > 0) text += fmt::format("  {} {}", words.unjudged, grouped(unjudged_));
  text += fmt::format("  {} {}", words.retries, grouped(retries_));
  text += fmt::format("  {} {}", words.from_cache, grouped(cached_));
  text += fmt::format("  {} {}", words.tokens, compact(tokens_, language));
  for (const domain::Money& amount : cost_.amounts()) {
    if (!amount.is_zero()) text += "  " + money_text(amount, language);
  }
  return text;
}

// Of several providers, the limit that is used most; and what most rows wait for.
std::string ProgressView::limits_text() const {
  const std::vector<domain::ProviderLimits> limits = options_.limits();
  std::optional<double> requests;
  std::optional<double> tokens;
  std::array<std::uint64_t, domain::kWaitReasons> waiting{};
  bool is_full = !limits.empty();
  for (const domain::ProviderLimits& provider : limits) {
    requests = std::max(requests, provider.requests.used());
    tokens = std::max(tokens, provider.tokens.used());
    for (std::size_t i = 0; i < waiting.size(); ++i) waiting.at(i) += provider.waiting.at(i);
    is_full = is_full && provider.is_full;
  }
  std::string text;
  if (requests) text += fmt::format("  RPM {}", percent(*requests, options_.language));
  if (tokens) text += fmt::format("  TPM {}", percent(*tokens, options_.language));
  const auto* most = std::ranges::max_element(waiting);
  auto reason = static_cast<domain::WaitReason>(most - waiting.begin());
  if (*most == 0) {
    if (!is_full || rows_ - std::min(rows_, done_) <= in_flight_) return text;
    reason = domain::WaitReason::slots;
  }
  return text +
         fmt::format("  {} {}", texts(options_.language).waits_for, wait_text(reason, options_.language));
}

void ProgressView::tick(TimePoint now) {
  if (!is_running_) return;
  meter_.add(now, done_);
  if (options_.mode.animation) {
    draw(now);
  } else {
    print_plain(now);
  }
}

void ProgressView::draw(TimePoint now) {
  if (printed_at_ && now - *printed_at_ < kDrawEvery) return;
  printed_at_ = now;
  // One column stays free: terminals wrap when the last one is written, and a wrapped line cannot be erased
  // by \r.
  const std::size_t columns = std::max<std::size_t>(options_.columns(), 2) - 1;
  std::string line = shorten(status_text(columns >= kColumnsForBar), columns);
  const std::lock_guard lock(mutex_);
  if (line == line_) return;
  line_ = std::move(line);
  writer_(fmt::format("\r{}{}", line_, kEraseRest));
}

void ProgressView::print_plain(TimePoint now) {
  const bool due = !printed_at_ || (now - *printed_at_ >= kPrintEvery &&
                                    (done_ - printed_done_) * kPrintShares >= rows_ && done_ > printed_done_);
  if (!due) return;
  printed_at_ = now;
  printed_done_ = done_;
  const std::lock_guard lock(mutex_);
  writer_(fmt::format("{}{}\n", kProgram, status_text(false)));
}

void ProgressView::finish() {
  is_running_ = false;
  const std::lock_guard lock(mutex_);
  if (!line_.empty()) writer_(kEraseLine);
  line_.clear();
}

void ProgressView::write(LogLevel level, std::string_view message) {
  const std::string_view color = options_.mode.color ? color_of(level) : "";
  const std::string_view reset = color.empty() ? "" : "\x1b[0m";
  const std::lock_guard lock(mutex_);
  const std::string_view erase = line_.empty() ? "" : kEraseLine;
  writer_(fmt::format("{}{}{}{}{}{}\n{}", erase, kProgram, color, label_of(level), reset, message, line_));
}

}  // namespace sv::report
