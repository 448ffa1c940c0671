#include "report/rate_meter.hpp"

namespace sv::report {

void RateMeter::add(TimePoint now, std::uint64_t done) {
  latest_ = {now, done};
  if (samples_.empty() || now - samples_.back().when >= kStep) samples_.push_back(latest_);
  // The last sample outside the window stays as its edge.
  while (samples_.size() > 1 && now - samples_[1].when >= kWindow) samples_.pop_front();
}

double RateMeter::rate() const {
  if (samples_.empty()) return 0;
  const Sample& oldest = samples_.front();
  if (latest_.when <= oldest.when || latest_.done <= oldest.done) return 0;
  return static_cast<double>(latest_.done - oldest.done) / to_seconds(latest_.when - oldest.when);
}

}  // namespace sv::report
