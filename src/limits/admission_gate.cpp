#include "limits/admission_gate.hpp"

#include "base/assert.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace sv::limits {

namespace asio = boost::asio;

AdmissionGate::AdmissionGate(Clock& clock, std::size_t in_flight_limit, PacerLimits limits)
    : clock_(clock), pacer_(limits), limit_(in_flight_limit) {}

AdmissionGate::~AdmissionGate() {
  SV_ASSERT(in_flight_ == 0 || !queue_.empty(), "permits come back before their gate dies");
}

asio::awaitable<Permit> AdmissionGate::admit(std::uint64_t token_charge, bool in_front) {
  if (queue_.empty() && in_flight_ < limit_) {
    const TimePoint now = clock_.now();
    const bool is_due = pacer_.is_open(now) || pacer_.earliest(now, token_charge) <= now;
    if (is_due) {
      pacer_.reserve(now, token_charge);
      ++in_flight_;
      co_return Permit(*this);
    }
  }
  Waiter waiter;
  waiter.token_charge = token_charge;
  if (in_front) {
    queue_.push_front(&waiter);
  } else {
    queue_.push_back(&waiter);
  }
  let_through();
  while (!waiter.is_admitted) {
    if (waiter.keeps_time) {
      waiter.keeps_time = false;
      waiter.is_asleep = true;
      const TimePoint until = wake_at_;
      co_await clock_.sleep_until(until);
      waiter.is_asleep = false;
      // Unless somebody else promised to wake earlier meanwhile.
      if (wake_at_ == until) wake_at_ = TimePoint::max();
      let_through();
    } else {
      co_await suspend(waiter);
    }
  }
  co_return Permit(*this);
}

// Admits rows from the head while there is a permit and it is their time. When only the time is missing, sees
// to it that somebody wakes then.
void AdmissionGate::let_through() {
  while (!queue_.empty() && in_flight_ < limit_) {
    Waiter& head = *queue_.front();
    const TimePoint now = clock_.now();
    const TimePoint when = pacer_.earliest(now, head.token_charge);
    if (when > now) {
      if (when >= wake_at_) return;
      // Who sleeps cannot be called back, so the head may be the one whose own sleep has become too long;
      // then it is late by at most that sleep. It takes a quota that was raised meanwhile.
      if (head.is_asleep) return;
      wake_at_ = when;
      head.keeps_time = true;
      resume(head);
      return;
    }
    pacer_.reserve(now, head.token_charge);
    ++in_flight_;
    queue_.pop_front();
    head.is_admitted = true;
    resume(head);
  }
}

asio::awaitable<void> AdmissionGate::suspend(Waiter& waiter) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [&waiter](auto handler) {
        waiter.executor = asio::get_associated_executor(handler);
        waiter.resume.emplace(std::move(handler));
      },
      asio::use_awaitable);
}

// Does nothing for a row that is running or asleep: it looks at its state by itself.
void AdmissionGate::resume(Waiter& waiter) {
  if (!waiter.resume) return;
  asio::post(waiter.executor,
             [resume = std::exchange(waiter.resume, std::nullopt)]() mutable { std::move (*resume)(); });
}

void AdmissionGate::set_in_flight_limit(std::size_t limit) {
  limit_ = limit;
  let_through();
}

void AdmissionGate::take_back() {
  SV_ASSERT(in_flight_ > 0, "a permit comes back once");
  --in_flight_;
  let_through();
}

}  // namespace sv::limits
