// Tells the parts of a run that it is to end: nothing new is begun, what is in flight is finished.
//
// One thread: set it on the event loop (a signal handler posts there). It is set once and for good.
#pragma once

namespace sv {

class StopSignal {
 public:
  void request() { is_requested_ = true; }
  bool is_requested() const { return is_requested_; }

 private:
  bool is_requested_ = false;
};

}  // namespace sv
