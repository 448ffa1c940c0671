// Rows that no provider can take now, in the order in which they came.
//
// The first keeps the time for all: it sleeps until something may change by itself. The others sleep until
// they are first, or are called. Nobody else is woken. One thread.
#pragma once

#include "base/clock.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>

namespace sv::llm {

class WaitingRoom {
 public:
  explicit WaitingRoom(Clock& clock) : clock_(clock) {}
  WaitingRoom(const WaitingRoom&) = delete;
  WaitingRoom& operator=(const WaitingRoom&) = delete;

  // Held by a row from its first wait until it has found its provider; its dying calls the next row.
  class Place {
   public:
    explicit Place(WaitingRoom& room) : room_(room) { room_.places_.push_back(this); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { room_.leave(*this); }

   private:
    friend class WaitingRoom;
    WaitingRoom& room_;
    Alarm alarm_;
  };

  std::size_t waiting() const { return places_.size(); }
  // Until called; the first in the room until `when` at most.
  boost::asio::awaitable<void> wait(Place& place, TimePoint when);
  // Something has changed: the first shall look, and whoever it leaves the room to.
  void call_first();
  // The row of `place` can do nothing with the change, but the one behind it may.
  void call_behind(const Place& place);

 private:
  void leave(const Place& place);

  Clock& clock_;
  std::deque<Place*> places_;
};

}  // namespace sv::llm
