#include "report/troubles.hpp"

#include "report/row_in_a_line.hpp"
#include "report/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace sv::report {

void Troubles::note_row(const domain::Outcome& outcome) {
  const bool is_unjudged = outcome.kind == domain::OutcomeKind::unjudged && !outcome.is_unreached;
  const bool needs_review = outcome.has_verdict() && outcome.verdict.needs_review;
  if (!is_unjudged && !needs_review) return;
  const Texts& words = texts(language_);
  if (++rows_ > kMostRows) {
    if (rows_ == kMostRows + 1) lines_.push_back({std::string(words.more_rows), Tone::warning});
    return;
  }
  std::string reason = one_line_of(outcome.reason, kReasonColumns);
  if (needs_review && !outcome.verdict.issues.empty())
    reason = one_line_of(outcome.verdict.issues.front().message, kReasonColumns);
  if (reason.empty()) reason = words.no_reason;
  std::string text = fmt::format(fmt::runtime(words.row), outcome.row.number);
  const std::string identifier = one_line_of(outcome.row.identifier, kIdentifierColumns);
  if (!identifier.empty()) text += "  " + identifier;
  text += "  ";
  // The reason of an unjudged row says already that it was not checked.
  text += is_unjudged ? reason : fmt::format(fmt::runtime(words.row_needs_review), reason);
  lines_.push_back({std::move(text), is_unjudged ? Tone::bad : Tone::warning});
}

void Troubles::note_retry(ErrorKind reason) {
  ++retries_;
  ++reasons_.at(static_cast<std::size_t>(reason));
}

void Troubles::watch_storm(TimePoint now) {
  const std::int64_t number = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto window = static_cast<std::int64_t>(seconds_.size());
  Second& second = seconds_.at(static_cast<std::size_t>(number % window));
  if (second.number != number) second = {.number = number};
  second.requests += std::exchange(requests_, 0);
  second.retries += std::exchange(retries_, 0);
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  for (const Second& past : seconds_) {
    if (past.number <= number - window) continue;
    requests += past.requests;
    retries += past.retries;
  }
  if (is_storm_) {
    is_storm_ = retries * 4 >= requests && retries > 0;
    if (!is_storm_) reasons_.fill(0);
    return;
  }
  if (retries < kStormRetries || retries * 2 <= requests) return;
  is_storm_ = true;
  const auto most = static_cast<std::size_t>(std::ranges::max_element(reasons_) - reasons_.begin());
  lines_.push_back({fmt::format(fmt::runtime(texts(language_).retry_storm), retries, requests,
                                kind_text(static_cast<ErrorKind>(most), language_)),
                    Tone::warning});
}

std::vector<TroubleLine> Troubles::take(TimePoint now) {
  watch_storm(now);
  return std::exchange(lines_, {});
}

}  // namespace sv::report
