// A map of the settings file, read by the rows of the settings table: names, types and ranges are checked
// here, so that the readers above only say which setting goes where.
#pragma once

#include "config/mistake.hpp"
#include "config/settings_table.hpp"
#include "config/yaml_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::config {

// Every reader reports a mistake and returns nothing when the value is wrong, and returns nothing without a
// word when the key is absent, null or (for texts) blank.
class Section {
 public:
  // `map` may be null or no map (reported). `path` is for messages ("llm.providers.1"). `schemas` are the
  // sections of the table whose rows may stand here; the first one that has the key wins. `fallback` is the
  // place of a section that is absent or empty. Reports unknown keys.
  Section(const YamlNode* map, Place fallback, std::string path, std::vector<std::string_view> schemas,
          MistakeCollector& mistakes);
  // The section below this one.
  Section section(std::string_view key, std::vector<std::string_view> schemas) const;

  // The key is there with a value, right or wrong.
  bool has(std::string_view key) const;
  // The place of the value, else of its key, else of the section.
  Place place_of(std::string_view key) const;
  Place place() const { return place_; }
  // "llm.max_workers", for messages.
  std::string path_of(std::string_view key) const;
  // True when some keys were not understood: what seems to be missing may be one of them.
  bool has_unknown_keys() const { return has_unknown_keys_; }

  std::optional<std::string> text(std::string_view key) const;
  std::optional<std::uint64_t> whole_number(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  std::vector<std::string> text_list(std::string_view key) const;
  // The value as it is, for what has no row of its own. Null when absent.
  const YamlNode* node(std::string_view key) const;

 private:
  const Entry* find(std::string_view key) const;
  const Setting& setting_of(std::string_view key) const;
  // The scalar of the key; anything else is reported as not being `wanted`.
  const YamlNode* scalar(std::string_view key, std::string_view wanted) const;
  void report_unknown(const Entry& entry);
  void report_range(std::string_view key, const YamlNode& value) const;

  const YamlNode* map_;
  Place place_;
  std::string path_;
  std::vector<std::string_view> schemas_;
  MistakeCollector& mistakes_;
  bool has_unknown_keys_ = false;
};

// What stands there, for messages: "'abc'" (shortened, masked), "a list", "a map", "nothing".
std::string describe(const YamlNode& node);

// The default of the table; asserts that the row exists and its default is of that type.
std::uint64_t default_whole_number(std::string_view path);
double default_number(std::string_view path);
bool default_boolean(std::string_view path);
std::string default_text(std::string_view path);

}  // namespace sv::config
