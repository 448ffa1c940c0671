#include "workbooks/cell_bounds.hpp"

#include <algorithm>

namespace sv::workbooks {

namespace {

constexpr std::size_t kMostTabCharacters = 31;
constexpr std::string_view kNotInTabs = "[]:*?/\\";

std::size_t bytes_of_character(char lead_byte) {
  const auto lead = static_cast<unsigned char>(lead_byte);
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// The first `count` characters.
std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < count && at < text.size(); ++i) at += bytes_of_character(text[at]);
  return text.substr(0, at);
}

}  // namespace

bool cut_to_cell(std::string& text) {
  if (text.size() <= kLongestCell) return false;
  std::size_t units = 0;
  std::size_t at = 0;
  std::size_t fits = 0;  // where the text may be cut so that "…" fits too
  while (at < text.size() && units <= kLongestCell) {
    const std::size_t bytes = bytes_of_character(text[at]);
    units += bytes == 4 ? 2 : 1;
    at += bytes;
    if (units < kLongestCell) fits = at;
  }
  if (units <= kLongestCell) return false;
  text.resize(std::min(fits, text.size()));
  text += "…";
  return true;
}

bool is_tab_name(std::string_view name) {
  if (name.empty() || name.front() == '\'' || name.back() == '\'') return false;
  return name.find_first_of(kNotInTabs) == std::string_view::npos &&
         first_characters(name, kMostTabCharacters).size() == name.size();
}

std::string to_tab_name(std::string_view name) {
  std::string fitting(first_characters(name, kMostTabCharacters));
  std::ranges::replace_if(fitting, [](char c) { return kNotInTabs.find(c) != std::string_view::npos; }, '_');
  if (fitting.empty()) return "_";
  if (fitting.front() == '\'') fitting.front() = '_';
  if (fitting.back() == '\'') fitting.back() = '_';
  return fitting;
}

std::string cut_tab_name(std::string_view name, std::size_t bytes) {
  return std::string(first_characters(name, kMostTabCharacters - std::min(bytes, kMostTabCharacters)));
}

}  // namespace sv::workbooks
