#include "limits/told_window.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace sv::limits {

using namespace std::chrono_literals;

namespace {

constexpr std::array<Duration, 5> kUsualWindows{1s, 10s, 60s, 3600s, 86'400s};
// A minute's bucket that is nearly full is told with a rounded reset, hence wide. Groq's day is 1,440 times
// as long.
constexpr Duration kLongestMinute = 10min;
constexpr Duration kShortestMinute = 20s;
constexpr Duration kOutlivesReply = 5s;
// When a request arrived is known to a tenth of a second.
constexpr Duration kApart = 150ms;
constexpr Duration kLate = 60ms;
constexpr double kLongestReset = 1e6;  // seconds
// Enough to change one's mind when the provider does.
constexpr std::uint32_t kMostVotes = 20;

}  // namespace

// What each kind would tell now, by what it told before: as soon as the two are apart, one is right.
void ToldWindow::compare(const Sample& sample) {
  if (!last_ || sample.at >= last_->at + last_->reset) {
    last_ = sample;
    return;
  }
  // Replies overtake each other: this one may be of a window that was over when the other one was told.
  if (last_->at >= sample.at + sample.reset) return;
  const double grown = static_cast<double>(sample.used) / static_cast<double>(last_->used);
  const Duration as_bucket = from_seconds(std::min(to_seconds(last_->reset) * grown, kLongestReset));
  const Duration as_window = last_->reset - (sample.at - last_->at);
  const Duration apart = std::chrono::abs(as_bucket - as_window);
  if (apart < kApart) return;
  const Duration from_bucket = std::chrono::abs(sample.reset - as_bucket);
  const Duration from_window = std::chrono::abs(sample.reset - as_window);
  if (4 * std::min(from_bucket, from_window) < apart) {
    std::uint32_t& votes = from_window < from_bucket ? window_votes_ : bucket_votes_;
    std::uint32_t& others = from_window < from_bucket ? bucket_votes_ : window_votes_;
    votes = std::min(votes + 1, kMostVotes);
    others -= others > 0 ? 1 : 0;
  }
  last_ = sample;
}

Duration ToldWindow::window(Duration bucket) const {
  if (window_votes_ <= bucket_votes_) return bucket;
  const auto* found =
      std::ranges::find_if(kUsualWindows, [&](Duration usual) { return longest_reset_ <= usual + kLate; });
  return found == kUsualWindows.end() ? kUsualWindows.back() : *found;
}

std::optional<ToldWindow::Fixed> ToldWindow::fixed() const {
  if (window_votes_ <= bucket_votes_) return std::nullopt;
  const Duration length = window(bucket_);
  if (length < kOutlivesReply || length >= kShortestMinute) return std::nullopt;
  return Fixed{.quota = limit_, .end = end_, .length = length};
}

ToldQuota ToldWindow::per_minute(const ToldQuota& told, TimePoint at) {
  // A reset of nothing is a rounded one: hardly anything is used.
  const bool says_nothing = !told.limit || !told.remaining || !told.reset ||
                            *told.reset == Duration::zero() || *told.remaining >= *told.limit;
  if (says_nothing && !last_) return told;
  // Told without a reset it is another's word, as the text of a 429, which names a minute's limit.
  if (!told.limit || !told.reset) return told;
  if (!says_nothing) {
    const std::uint64_t used = *told.limit - *told.remaining;
    const double share = static_cast<double>(used) / static_cast<double>(*told.limit);
    limit_ = *told.limit;
    end_ = std::max(end_, at + std::min(*told.reset, from_seconds(kLongestReset)));
    longest_reset_ = std::max(longest_reset_, *told.reset);
    bucket_ = from_seconds(std::min(to_seconds(*told.reset) / share, kLongestReset));
    compare({.used = used, .reset = *told.reset, .at = at});
  }
  const Duration length = window(bucket_);
  if (length > kLongestMinute) return {};
  if (length >= kShortestMinute) return told;
  const double per_minute = static_cast<double>(*told.limit) * 60 / std::max(to_seconds(length), 1e-3);
  const auto limit = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(per_minute));
  const bool outlives_the_reply = length >= kOutlivesReply;
  return {.limit = limit,
          .remaining = outlives_the_reply ? told.remaining : std::nullopt,
          .reset = std::nullopt,
          .is_borrowed = outlives_the_reply};
}

}  // namespace sv::limits
