// What has become of the rows since the run before: pure comparison of two lists.
#pragma once

#include "ports/row_states.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sv::report {

// "Broken" is every verdict but valid. The numbers stand in the page.
enum class Change : std::uint8_t {
  unknown = 0,       // one of the two has no verdict
  newly_broken = 1,  // was valid
  fixed = 2,         // was broken
  still_broken = 3,
  unchanged = 4,  // valid then and now
  added = 5,      // was not there
};

struct RowChange {
  Change change = Change::added;
  bool is_edited = false;               // status, comment or date are not what they were
  std::string earlier_identifier = {};  // of a row that was renamed; else empty
  std::uint64_t earlier_number = 0;
  bool operator==(const RowChange&) const = default;
};

struct Changes {
  std::vector<RowChange> rows;        // as many as now, in the same order
  std::vector<ports::RowState> gone;  // rows that are not there any more, in their order
};

// Who is who:
//
//   1. the same identifier (trimmed, whatever the case) and the same text
//   2. the same identifier; of several the first with the first, as they stand
//   3. the same text and manager, where it is the only one left on both sides: renamed
//
// So rows may move, and a row that was renamed and rewritten at once is one that went and one that came.
// Without identifiers (a sheet without that column) the first two go by the text alone, then by the place.
Changes compare_rows(const std::vector<ports::RowState>& earlier, const std::vector<ports::RowState>& now);

}  // namespace sv::report
