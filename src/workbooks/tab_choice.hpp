// Which tab of a workbook is meant.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sv::workbooks {

struct Tab {
  std::string name;
  std::string part;  // of the container, where the format has one for each tab
  bool is_hidden = false;
};

// The index of the tab with that name (compared as written, else trimmed and without regard to case); without
// a name the first that is not hidden. invalid_input lists what there is.
Result<std::size_t> choose_tab(std::span<const Tab> tabs, std::string_view name, std::string_view workbook);

}  // namespace sv::workbooks
