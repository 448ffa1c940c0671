#include "http/first_connection.hpp"

#include <boost/system/error_code.hpp>

namespace sv::http {

FirstConnection::FirstConnection(const boost::asio::any_io_executor& executor, const Clock& clock,
                                 Duration longest_lead)
    : clock_(clock), longest_lead_(longest_lead), timer_(executor) {}

FirstConnection::Part FirstConnection::ask() {
  if (is_shut_ || clock_.now() < open_until_) return Part::follows;
  if (is_led_) return Part::waits;
  start_lead();
  return Part::leads;
}

void FirstConnection::start_lead() {
  is_led_ = true;
  // From the first of a row of leaders on: many that fail quickly do not add up.
  if (is_timed_) return;
  is_timed_ = true;
  timer_.expires_after(longest_lead_);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const std::shared_ptr<FirstConnection> self = weak.lock();
    if (!error && self && self->is_timed_) self->open_until(self->clock_.now() + self->longest_lead_);
  });
}

void FirstConnection::connected() { open_until(clock_.now() + kOpenTime); }

void FirstConnection::ended_unconnected() {
  if (!is_led_) return;
  is_led_ = false;
  if (waiting_.waiting() > 0) {
    waiting_.notify_one();
    return;
  }
  is_timed_ = false;
  timer_.cancel();
}

void FirstConnection::open_until(TimePoint when) {
  open_until_ = when;
  is_led_ = is_timed_ = false;
  timer_.cancel();
  waiting_.notify_all();
}

void FirstConnection::shut() {
  is_shut_ = true;
  is_led_ = is_timed_ = false;
  timer_.cancel();
  waiting_.notify_all();
}

}  // namespace sv::http
