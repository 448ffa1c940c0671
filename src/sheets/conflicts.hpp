// What people's changes of a tab during a run came to, for the end of the run.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace sv::sheets {

struct LostRow {
  std::string name;
  std::uint64_t number = 0;  // of the source's row
};

struct Conflicts {
  std::vector<LostRow> lost;         // deleted or renamed: not written
  std::set<std::uint64_t> hit_rows;  // of people, from 0: a write went into them
  std::uint64_t uncertain = 0;       // reviews that could not be looked at after they were written
  std::uint64_t cut_cells = 0;       // texts that a cell could not hold
  bool has_lost_header = false;      // it was not in the first row for some time
  bool has_lost_columns = false;     // of the review
};

// One warning for each kind that there is.
std::vector<std::string> describe(const Conflicts& conflicts, const std::string& tab);

}  // namespace sv::sheets
