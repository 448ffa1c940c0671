#include "workbooks/tab_choice.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sv::workbooks {

namespace {

constexpr std::size_t kShownTabs = 20;
constexpr std::size_t kShownColumns = 40;

}  // namespace

Result<std::size_t> choose_tab(std::span<const Tab> tabs, std::string_view name, std::string_view workbook) {
  const auto position = [&](auto found) { return static_cast<std::size_t>(found - tabs.begin()); };
  if (tabs.empty())
    return fail(ErrorKind::invalid_input, fmt::format("{}: it has no tab with cells", workbook));
  if (name.empty()) {
    const auto visible = std::ranges::find(tabs, false, &Tab::is_hidden);
    return visible == tabs.end() ? 0 : position(visible);
  }
  if (const auto exact = std::ranges::find(tabs, name, &Tab::name); exact != tabs.end())
    return position(exact);
  const std::string folded = fold_case(name);
  const auto near = std::ranges::find_if(tabs, [&](const Tab& tab) { return fold_case(tab.name) == folded; });
  if (near != tabs.end()) return position(near);
  std::string known;
  for (std::size_t i = 0; i < std::min(tabs.size(), kShownTabs); ++i) {
    known += fmt::format("{}\"{}\"", i == 0 ? "" : ", ",
                         shorten(sanitize_for_terminal(tabs[i].name), kShownColumns));
  }
  if (tabs.size() > kShownTabs) known += fmt::format(" and {} more", tabs.size() - kShownTabs);
  return fail(ErrorKind::invalid_input,
              fmt::format("{} has no tab \"{}\"; it has {}", workbook,
                          shorten(sanitize_for_terminal(name), kShownColumns), known));
}

}  // namespace sv::workbooks
