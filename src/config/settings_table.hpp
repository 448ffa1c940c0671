// The one table of settings: the loader checks names, types and ranges by it and takes defaults from it;
// documents and `config show` are made from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sv::config {

enum class ValueKind : std::uint8_t {
  section,  // a map with rows of its own
  text,
  path,
  url,
  variable_name,  // the name of an environment variable
  whole_number,
  number,  // with a fraction
  boolean,
  text_list,
  list,  // of maps, with a reader of its own
};

struct Setting {
  // Dotted, with N for the priority of a provider: "llm.providers.N.model".
  std::string_view path = {};
  ValueKind kind = ValueKind::text;
  // As one would write it in YAML; empty: none.
  std::string_view default_value = {};
  // Inclusive; for numbers only.
  double least = 0;
  double most = 0;
  std::string_view unit = {};
  // What wins over the file, and where the value comes from when the file has none.
  std::string_view flag = {};
  std::string_view environment = {};
  // Never shown, never in a message.
  bool is_secret = false;
  std::string_view help = {};
};

// In the order in which documents show them; a section stands before its rows.
std::span<const Setting> settings_table();

// The row of that path, or null.
const Setting* find_setting(std::string_view path);
// The row of the key in the section ("" for the top level), or null.
const Setting* find_setting(std::string_view section, std::string_view key);

// The last part of the path.
std::string_view key_of(const Setting& setting);
// What stands before it, "" at the top level.
std::string_view section_of(const Setting& setting);

constexpr std::string_view kProviderSection = "llm.providers.N";

}  // namespace sv::config
