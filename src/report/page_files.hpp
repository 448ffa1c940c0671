// The files of src/report/page/, put into the program when it is built (cmake/embed_page.cmake).
#pragma once

#include <span>
#include <string_view>

namespace sv::report {

extern const std::string_view kPageFrame;  // page.html
extern const std::string_view kPageStyle;  // page.css
// The *.js in the order of their names: one script.
std::span<const std::string_view> page_scripts();

}  // namespace sv::report
