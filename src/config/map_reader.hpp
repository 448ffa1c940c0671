// Reads maps that have no row in the table of settings, such as the items of a list: their keys are few and
// known to their reader alone.
#pragma once

#include "config/mistake.hpp"
#include "config/yaml_tree.hpp"

#include <span>
#include <string_view>

namespace sv::config {

class MapReader {
 public:
  // `mistakes` outlives it.
  explicit MapReader(MistakeCollector& mistakes) : mistakes_(mistakes) {}

  // The value of the key; null when it is absent or holds nothing.
  static const YamlNode* find(const YamlNode& map, std::string_view key);
  // The same, if it is a scalar; anything else is reported.
  const YamlNode* scalar(const YamlNode& map, std::string_view key) const;
  // Reports keys that are not `known`. `where` ends the sentence: "" or " in a check".
  void check_keys(const YamlNode& map, std::span<const std::string_view> known, std::string_view where) const;

 private:
  MistakeCollector& mistakes_;
};

}  // namespace sv::config
