#include "tables/storable_text.hpp"

#include "tables/byte_scan.hpp"
#include "tables/record_scanner.hpp"

#include <cstddef>
#include <optional>

namespace sv::tables {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";

bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string_view storable(std::string_view text, std::string& scratch) {
  std::optional<std::size_t> bad = find_bad_byte(text);
  if (!bad) return storable_length(text, scratch);
  std::string clean;
  while (bad) {
    clean.append(text.substr(0, *bad)).append(kReplacement);
    text.remove_prefix(*bad + 1);
    bad = find_bad_byte(text);
  }
  clean.append(text);
  const std::string_view cut = storable_length(clean, scratch);
  if (cut.data() == clean.data()) scratch = std::move(clean);
  return scratch;
}

std::string_view storable_length(std::string_view text, std::string& scratch) {
  if (text.size() <= kMaxCellBytes) return text;
  std::size_t end = kMaxCellBytes - kEllipsis.size();
  while (end > 0 && is_inside_character(text[end])) --end;
  scratch.assign(text.substr(0, end)).append(kEllipsis);
  return scratch;
}

}  // namespace sv::tables
