#include "limits/permits.hpp"

#include "base/assert.hpp"

namespace sv::limits {

Permits::~Permits() {
  SV_ASSERT(in_flight_ == 0 || queue_.waiting() > 0, "permits come back before their source dies");
}

std::optional<Permit> Permits::try_acquire() {
  if (in_flight_ >= limit_ || queue_.waiting() > 0) return std::nullopt;
  ++in_flight_;
  return Permit(*this);
}

boost::asio::awaitable<Permit> Permits::acquire(bool in_front) {
  if (std::optional<Permit> permit = try_acquire()) co_return std::move(*permit);
  if (in_front) {
    co_await queue_.wait_in_front();
  } else {
    co_await queue_.wait();
  }
  // hand_out() has counted this one already.
  co_return Permit(*this);
}

void Permits::set_limit(std::size_t limit) {
  limit_ = limit;
  hand_out();
}

void Permits::take_back() {
  SV_ASSERT(in_flight_ > 0, "a permit comes back once");
  --in_flight_;
  hand_out();
}

void Permits::hand_out() {
  while (in_flight_ < limit_ && queue_.waiting() > 0) {
    ++in_flight_;
    queue_.notify_one();
  }
}

}  // namespace sv::limits
