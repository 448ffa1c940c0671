#include "engine/outcome_writer.hpp"

#include "base/assert.hpp"
#include "base/fault_point.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace sv::engine {

namespace {
// Outcomes waiting to be written: bounds the memory when the sink is slower than the answers.
constexpr std::size_t kMaxQueued = 4096;
}  // namespace

void OutcomeWriter::add(domain::Outcome outcome) {
  SV_ASSERT(!is_closed_, "outcomes come before the end");
  if (!outcome.is_unreached) {
    count(outcome);
    observer_.on_row_finished(outcome);
  }
  // A skipped row has no place in the target.
  if (outcome.kind == domain::OutcomeKind::skipped) return;
  queue_.push_back(std::move(outcome));
  not_empty_.notify_one();
  if (queue_.size() >= pace_.enough) is_enough_.ring();
}

void OutcomeWriter::close() {
  is_closed_ = true;
  not_empty_.notify_all();
  is_enough_.ring();
}

boost::asio::awaitable<void> OutcomeWriter::room() {
  while (queue_.size() >= kMaxQueued) co_await not_full_.wait();
}

boost::asio::awaitable<void> OutcomeWriter::group() {
  while (queue_.empty() && !is_closed_) co_await not_empty_.wait();
  if (queue_.empty() || fires(FaultPoint::writer_takes_one_outcome)) co_return;
  const TimePoint latest = clock_.now() + pace_.longest_wait;
  while (queue_.size() < pace_.enough && !is_closed_ && clock_.now() < latest) {
    co_await clock_.sleep_until(latest, is_enough_);
  }
  if (!last_put_) co_return;
  const TimePoint earliest = *last_put_ + pace_.least_gap;
  if (clock_.now() < earliest) co_await clock_.sleep_until(earliest);
}

boost::asio::awaitable<void> OutcomeWriter::write() {
  for (;;) {
    co_await group();
    if (queue_.empty()) co_return;
    last_put_ = clock_.now();
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), pace_.most));
    std::vector<domain::Outcome> group(std::make_move_iterator(queue_.begin()),
                                       std::make_move_iterator(queue_.begin() + count));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    not_full_.notify_all();
    if (error_) continue;
    Result<void> put = co_await sink_.put(std::move(group));
    if (!put) {
      error_ = std::move(put.error());
      stop_.request();
      continue;
    }
    // After the target has them, never before: what is noted as written is not written again.
    counts_.written += static_cast<std::uint64_t>(count);
    if (journal_ != nullptr) journal_->note_written(counts_);
  }
}

void OutcomeWriter::count(const domain::Outcome& outcome) {
  switch (outcome.kind) {
    case domain::OutcomeKind::judged:
      ++counts_.judged;
      return;
    case domain::OutcomeKind::cached:
      ++counts_.cached;
      return;
    case domain::OutcomeKind::decided:
      ++counts_.decided;
      return;
    case domain::OutcomeKind::unjudged:
      ++counts_.unjudged;
      return;
    case domain::OutcomeKind::skipped:
      ++counts_.skipped;
      return;
  }
}

}  // namespace sv::engine
