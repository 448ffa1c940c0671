#include "config/map_reader.hpp"

#include "base/text.hpp"
#include "config/section.hpp"
#include "config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace sv::config {

namespace {
constexpr std::size_t kShownColumns = 40;
}

const YamlNode* MapReader::find(const YamlNode& map, std::string_view key) {
  const auto entry = std::ranges::find(map.entries, key, &Entry::key);
  return entry == map.entries.end() || entry->value->kind == NodeKind::null ? nullptr : entry->value;
}

const YamlNode* MapReader::scalar(const YamlNode& map, std::string_view key) const {
  const YamlNode* value = find(map, key);
  if (value == nullptr || value->kind == NodeKind::scalar) return value;
  mistakes_.add(value->place, fmt::format("{} must be a single value, got {}", key, describe(*value)));
  return nullptr;
}

void MapReader::check_keys(const YamlNode& map, std::span<const std::string_view> known,
                           std::string_view where) const {
  for (const Entry& entry : map.entries) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    std::string help = did_you_mean(entry.key, known);
    if (help.empty()) help = fmt::format("known here: {}", fmt::join(known, ", "));
    mistakes_.add(
        entry.key_place,
        fmt::format("unknown key '{}'{}", shorten(sanitize_for_terminal(entry.key), kShownColumns), where),
        std::move(help));
  }
}

}  // namespace sv::config
