// Lets one request to an origin go ahead until it is connected; then all that wait for it follow.
//
// libcurl looks a name up on a thread of its own for every transfer that does not find it in the name cache:
// a run that starts with 1,000 requests would start 1,000 threads and put 1,000 questions to the name server
// at once.
//
//   unknown --may_go()--> led by one, others wait() --connected() or `longest_lead` over--> open
//   led --the leader ended unconnected--> the first that waits leads
//   open --kOpenTime over (`longest_lead` where nobody connected)--> unknown
//
// Single-threaded. Held by shared_ptr: what waits outlives the transport, and learns from is_shut() that it
// is gone.
#pragma once

#include "base/clock.hpp"
#include "base/time.hpp"
#include "base/wait_queue.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>

namespace sv::http {

class FirstConnection : public std::enable_shared_from_this<FirstConnection> {
 public:
  // How long it stays open. libcurl keeps names a little longer (kNameCacheTime).
  static constexpr Duration kOpenTime = std::chrono::seconds(290);
  static constexpr Duration kNameCacheTime = std::chrono::seconds(300);
  // A name server that takes longer than this must not hold up the others' deadlines.
  static constexpr Duration kLongestLead = std::chrono::seconds(2);

  FirstConnection(const boost::asio::any_io_executor& executor, const Clock& clock,
                  Duration longest_lead = kLongestLead);

  enum class Part : std::uint8_t { leads, follows, waits };
  // What a request may do now. Who leads calls connected() or ended_unconnected(); who waits calls wait() and
  // asks again.
  Part ask();
  boost::asio::awaitable<void> wait() { return waiting_.wait(); }

  void connected();
  void ended_unconnected();
  // The transport is going: everybody wakes.
  void shut();
  bool is_shut() const { return is_shut_; }

 private:
  void open_until(TimePoint when);
  void start_lead();

  const Clock& clock_;
  Duration longest_lead_;
  boost::asio::steady_timer timer_;
  WaitQueue waiting_;
  TimePoint open_until_ = TimePoint::min();
  bool is_led_ = false;
  bool is_timed_ = false;
  bool is_shut_ = false;
};

}  // namespace sv::http
