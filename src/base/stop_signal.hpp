// Tells the parts of a run that it is to end.
//
//   running ──request()──▶ stopping: nothing new is begun, who waits is woken, what is in flight is finished
//      └─────abandon()───▶ and what is in flight is given up too
//
// One thread: set it on the event loop (a signal handler posts there). Each is set once and for good.
#pragma once

#include <functional>
#include <utility>

namespace sv {

class StopSignal {
 public:
  void request() {
    if (std::exchange(is_requested_, true)) return;
    if (listener_) listener_();
  }
  void abandon() {
    if (std::exchange(is_abandoned_, true)) return;
    is_requested_ = true;
    if (listener_) listener_();
  }
  bool is_requested() const { return is_requested_; }
  bool is_abandoned() const { return is_abandoned_; }

  // Told of each step: wakes who would else sleep on. Nothing: nobody.
  void set_listener(std::function<void()> listener) { listener_ = std::move(listener); }

 private:
  bool is_requested_ = false;
  bool is_abandoned_ = false;
  std::function<void()> listener_;
};

}  // namespace sv
