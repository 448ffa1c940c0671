#include "config/section.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "config/scalars.hpp"
#include "config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sv::config {

namespace {

constexpr std::size_t kShownValueColumns = 40;

std::string show(std::string_view text) {
  return "'" + shorten(sanitize_for_terminal(mask_words(text)), kShownValueColumns) + "'";
}

std::string range_of(const Setting& setting) {
  return fmt::format("{}..{}{}{}", setting.least, fmt::format("{:.15g}", setting.most),
                     setting.unit.empty() ? "" : " ", setting.unit);
}

}  // namespace

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case NodeKind::null:
      return "nothing";
    case NodeKind::scalar:
      return to_number(node.text) ? node.text : show(node.text);
    case NodeKind::sequence:
      return "a list";
    case NodeKind::map:
      return "a map";
  }
  return {};
}

Section::Section(const YamlNode* map, Place fallback, std::string path, std::vector<std::string_view> schemas,
                 MistakeCollector& mistakes)
    : map_(map), place_(fallback), path_(std::move(path)), schemas_(std::move(schemas)), mistakes_(mistakes) {
  if (map_ == nullptr || map_->kind == NodeKind::null) {
    map_ = nullptr;
    return;
  }
  if (place_.line == 0) place_ = map_->place;
  if (map_->kind != NodeKind::map) {
    mistakes_.add(map_->place, fmt::format("{} must be a map of 'key: value' lines, got {}",
                                           path_.empty() ? "the file" : path_, describe(*map_)));
    has_unknown_keys_ = true;
    map_ = nullptr;
    return;
  }
  for (const Entry& entry : map_->entries) {
    const bool is_known = std::ranges::any_of(
        schemas_, [&](std::string_view schema) { return find_setting(schema, entry.key) != nullptr; });
    // "N" stands for the priorities, which their own reader checks.
    if (!is_known || entry.key == "N") report_unknown(entry);
  }
}

Section Section::section(std::string_view key, std::vector<std::string_view> schemas) const {
  const Entry* entry = find(key);
  return Section(entry == nullptr ? nullptr : entry->value, entry == nullptr ? place_ : entry->key_place,
                 path_of(key), std::move(schemas), mistakes_);
}

void Section::report_unknown(const Entry& entry) {
  has_unknown_keys_ = true;
  std::vector<std::string_view> here;
  std::string_view elsewhere;
  for (const Setting& setting : settings_table()) {
    if (key_of(setting) == "N") continue;
    if (std::ranges::find(schemas_, section_of(setting)) != schemas_.end()) here.push_back(key_of(setting));
    if (key_of(setting) == entry.key && elsewhere.empty()) elsewhere = setting.path;
  }
  std::string help =
      elsewhere.empty() ? did_you_mean(entry.key, here) : fmt::format("it belongs to {}", elsewhere);
  if (help.empty() && here.size() <= kMistakesShown)
    help = fmt::format("known here: {}", fmt::join(here, ", "));
  mistakes_.add(entry.key_place,
                fmt::format("unknown key {}{}", show(entry.key), path_.empty() ? "" : " in " + path_),
                std::move(help));
}

const Entry* Section::find(std::string_view key) const {
  if (map_ == nullptr) return nullptr;
  const auto entry = std::ranges::find(map_->entries, key, &Entry::key);
  return entry == map_->entries.end() ? nullptr : &*entry;
}

const Setting& Section::setting_of(std::string_view key) const {
  for (const std::string_view schema : schemas_) {
    if (const Setting* setting = find_setting(schema, key)) return *setting;
  }
  SV_UNREACHABLE("a reader asks for a setting that is not in the table");
}

const YamlNode* Section::node(std::string_view key) const {
  const Entry* entry = find(key);
  return entry == nullptr ? nullptr : entry->value;
}

bool Section::has(std::string_view key) const {
  const YamlNode* value = node(key);
  if (value == nullptr || value->kind == NodeKind::null) return false;
  return value->kind != NodeKind::scalar || !is_blank(value->text);
}

Place Section::place_of(std::string_view key) const {
  const Entry* entry = find(key);
  if (entry == nullptr) return place_;
  return has(key) ? entry->value->place : entry->key_place;
}

std::string Section::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const YamlNode* Section::scalar(std::string_view key, std::string_view wanted) const {
  if (!has(key)) return nullptr;
  const YamlNode* value = node(key);
  if (value->kind == NodeKind::scalar) return value;
  mistakes_.add(value->place, fmt::format("{} must be {}, got {}", path_of(key), wanted, describe(*value)),
                key == "provider" ? "did you mean 'providers'?" : "");
  return nullptr;
}

std::optional<std::string> Section::text(std::string_view key) const {
  static_cast<void>(setting_of(key));
  const YamlNode* value = scalar(key, "a text");
  if (value == nullptr) return std::nullopt;
  return value->text;
}

void Section::report_range(std::string_view key, const YamlNode& value) const {
  mistakes_.add(value.place, fmt::format("{} must be {}, got {}", path_of(key), range_of(setting_of(key)),
                                         shorten(value.text, kShownValueColumns)));
}

std::optional<std::uint64_t> Section::whole_number(std::string_view key) const {
  const Setting& setting = setting_of(key);
  const YamlNode* value = scalar(key, "a whole number");
  if (value == nullptr) return std::nullopt;
  const WholeNumber number = to_whole_number(value->text);
  if (number.problem == NumberProblem::not_a_number) {
    mistakes_.add(
        value->place, fmt::format("{} must be a whole number, got {}", path_of(key), describe(*value)),
        setting.unit.empty() ? "" : fmt::format("write the number only; it is in {}", setting.unit));
    return std::nullopt;
  }
  const auto compared = static_cast<double>(number.value);
  if (number.problem || compared < setting.least || compared > setting.most) {
    report_range(key, *value);
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(number.value);
}

std::optional<double> Section::number(std::string_view key) const {
  const Setting& setting = setting_of(key);
  const YamlNode* value = scalar(key, "a number");
  if (value == nullptr) return std::nullopt;
  const std::optional<double> number = to_number(value->text);
  if (!number) {
    std::string help = setting.unit == "s" ? "write the number only; it is in seconds" : "";
    std::string with_point = value->text;
    std::ranges::replace(with_point, ',', '.');
    if (with_point != value->text && to_number(with_point)) help = fmt::format("write {}", with_point);
    mistakes_.add(value->place, fmt::format("{} must be a number, got {}", path_of(key), describe(*value)),
                  std::move(help));
    return std::nullopt;
  }
  if (*number < setting.least || *number > setting.most) {
    report_range(key, *value);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Section::boolean(std::string_view key) const {
  static_cast<void>(setting_of(key));
  const YamlNode* value = scalar(key, "true or false");
  if (value == nullptr) return std::nullopt;
  const std::optional<bool> truth = to_boolean(value->text);
  if (!truth) {
    mistakes_.add(value->place,
                  fmt::format("{} must be true or false, got {}", path_of(key), describe(*value)));
  }
  return truth;
}

std::vector<std::string> Section::text_list(std::string_view key) const {
  static_cast<void>(setting_of(key));
  std::vector<std::string> texts;
  const YamlNode* value = node(key);
  if (value == nullptr || value->kind == NodeKind::null) return texts;
  if (value->kind != NodeKind::sequence) {
    mistakes_.add(value->place, fmt::format("{} must be a list, got {}", path_of(key), describe(*value)),
                  "write each on a line of its own, after '- '");
    return texts;
  }
  for (const YamlNode* item : value->items) {
    if (item->kind == NodeKind::scalar && !is_blank(item->text)) {
      texts.push_back(item->text);
      continue;
    }
    const std::string_view help = item->kind == NodeKind::map ? "a text that holds ': ' needs quotes" : "";
    mistakes_.add(item->place,
                  fmt::format("{} must hold texts, got {}", path_of(key),
                              item->kind == NodeKind::scalar ? "an empty one" : describe(*item)),
                  std::string(help));
  }
  return texts;
}

std::uint64_t default_whole_number(std::string_view path) {
  const WholeNumber number = to_whole_number(default_text(path));
  SV_ASSERT(!number.problem && number.value >= 0, "the table's default is not a whole number");
  return static_cast<std::uint64_t>(number.value);
}

double default_number(std::string_view path) {
  const std::optional<double> number = to_number(default_text(path));
  SV_ASSERT(number, "the table's default is not a number");
  return *number;
}

bool default_boolean(std::string_view path) {
  const std::optional<bool> truth = to_boolean(default_text(path));
  SV_ASSERT(truth, "the table's default is not true or false");
  return *truth;
}

std::string default_text(std::string_view path) {
  const Setting* setting = find_setting(path);
  SV_ASSERT(setting != nullptr, "a reader asks for a default that is not in the table");
  return std::string(setting->default_value);
}

}  // namespace sv::config
