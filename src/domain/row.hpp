// One status update.
#pragma once

#include <cstdint>
#include <string>

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

// Which optional columns the source really has. Absent ones are empty in every row.
struct MappedColumns {
  bool completion_date = false;
  bool identifier = false;
  bool project_manager = false;
};

}  // namespace sv::domain
