#include "llm/waiting_room.hpp"

#include <algorithm>

namespace sv::llm {

boost::asio::awaitable<void> WaitingRoom::wait(Place& place, TimePoint when) {
  const TimePoint until = places_.front() == &place ? when : TimePoint::max();
  co_await clock_.sleep_until(until, place.alarm_);
}

void WaitingRoom::call_first() {
  if (!places_.empty()) places_.front()->alarm_.ring();
}

void WaitingRoom::call_behind(const Place& place) {
  const auto found = std::ranges::find(places_, &place);
  if (found == places_.end() || found + 1 == places_.end()) return;
  (*(found + 1))->alarm_.ring();
}

void WaitingRoom::leave(const Place& place) {
  const auto found = std::ranges::find(places_, &place);
  const bool was_first = found == places_.begin();
  const auto next = places_.erase(found);
  // Whoever is first now keeps the time; whoever stood behind somebody that was called may be called too.
  if (was_first) {
    call_first();
  } else if (next != places_.end()) {
    (*next)->alarm_.ring();
  }
}

}  // namespace sv::llm
