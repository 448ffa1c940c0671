// Places in our own code where the rare can be made to happen: the deterministic simulation
// (tests/simulation) lets them fire by its seed, so that orders of events which a real run meets once in a
// year are met in every other one. FoundationDB calls them BUGGIFY (reliability.md R-24).
//
// Whatever fires is allowed by the contracts of the place; a fault point never makes anything wrong, only
// inconvenient. Outside the simulation it is a load and a branch that is never taken, at places that are not
// hot.
#pragma once

#include <cstdint>

namespace sv {

enum class FaultPoint : std::uint8_t {
  source_gives_one_row,       // the feed reads and looks up a single row
  writer_takes_one_outcome,   // a group of one, without waiting for more
  journal_line_goes_at_once,  // the end of a request does not wait for company
  journal_is_full,            // a request cannot be noted, so it must not be sent
  permit_by_the_queue,        // a free permit is taken through the queue all the same
  back_off_is_long,           // a retry waits four times as long
  back_off_is_none,           // a retry is sent at once
};
inline constexpr int kFaultPointCount = 7;

class FaultInjector {
 public:
  virtual ~FaultInjector() = default;
  virtual bool fires(FaultPoint point) = 0;
};

// Set by the simulation before anything runs and taken away after everything has ended. Nobody else sets it.
constinit inline FaultInjector* fault_injector = nullptr;

inline bool fires(FaultPoint point) { return fault_injector != nullptr && fault_injector->fires(point); }

}  // namespace sv
