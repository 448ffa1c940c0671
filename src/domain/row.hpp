// One status update.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sv::domain {

// All texts are UTF-8 and verbatim: exactly the cell's content, not trimmed.
struct Row {
  // Position among the data rows of the source, from 0: the row's identity in a run.
  std::uint64_t index = 0;
  // What people call it: the 1-based row of the sheet, the header row included.
  std::uint64_t number = 0;
  std::string status = {};
  std::string comment = {};
  std::string completion_date = {};
  std::string identifier = {};
  std::string project_manager = {};
};

// By what a row is found again in its target: the identifier without regard to case, of a long one the
// beginning. Targets cut what their cells do not take (XLSX at 32,767 UTF-16 units, Google at 50,000
// characters), and a name that was cut must still be the same name.
std::string folded_identifier(std::string_view identifier);

// Which optional columns the source really has. Absent ones are empty in every row.
struct MappedColumns {
  bool completion_date = false;
  bool identifier = false;
  bool project_manager = false;
};

}  // namespace sv::domain
