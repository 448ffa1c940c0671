#include "config/checks_reader.hpp"

#include "base/text.hpp"
#include "config/map_reader.hpp"
#include "config/scalars.hpp"
#include "config/section.hpp"
#include "config/suggestion.hpp"
#include "domain/date_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>
#include <utility>

namespace sv::config {

namespace {

using domain::Check;
using domain::CheckedColumn;

constexpr std::size_t kMostChecks = 1000;
constexpr std::size_t kMostTexts = 1000;  // in one list
constexpr std::uint64_t kMostLength = 1'000'000;
constexpr std::uint64_t kMostDays = 3650;
constexpr std::size_t kShownColumns = 40;

constexpr std::array<std::string_view, 15> kKeys = {
    "id",         "column",    "severity", "message",    "required",   "allowed",   "ignore_case",   "date",
    "not_before", "not_after", "sections", "min_length", "max_length", "forbidden", "unchanged_days"};
constexpr std::array<std::string_view, 5> kColumns = {"status", "comment", "completion_date", "identifier",
                                                      "project_manager"};
constexpr std::array<std::string_view, 3> kSeverities = {"minor", "major", "critical"};
constexpr std::string_view kExample = "for example: - {id: C1, column: comment, required: true}";

// The index of the word, or nothing.
template <std::size_t N>
std::optional<std::size_t> index_of(const std::array<std::string_view, N>& words, std::string_view word) {
  const auto found = std::ranges::find(words, fold_case(word));
  if (found == words.end()) return std::nullopt;
  return static_cast<std::size_t>(found - words.begin());
}

class CheckReader {
 public:
  explicit CheckReader(MistakeCollector& mistakes) : mistakes_(mistakes), reader_(mistakes) {}

  std::vector<Check> read(const YamlNode& list) {
    std::vector<Check> checks;
    if (list.kind != NodeKind::sequence || list.items.size() > kMostChecks) {
      mistakes_.add(
          list.place,
          fmt::format("checks must be a list of at most {} checks, got {}", kMostChecks, describe(list)),
          std::string(kExample));
      return checks;
    }
    for (const YamlNode* item : list.items) {
      if (std::optional<Check> check = read_one(*item)) checks.push_back(std::move(*check));
    }
    return checks;
  }

 private:
  std::optional<Check> read_one(const YamlNode& item) {
    if (item.kind != NodeKind::map) {
      mistakes_.add(item.place, fmt::format("a check must be a map, got {}", describe(item)),
                    std::string(kExample));
      return std::nullopt;
    }
    reader_.check_keys(item, kKeys, " in a check");
    Check check;
    check.id = text(item, "id").value_or("");
    if (is_blank(check.id)) {
      mistakes_.add(item.place, "a check needs an id: it stands in the review as the rule that is broken",
                    std::string(kExample));
    } else if (!ids_.insert(check.id).second) {
      mistakes_.add(MapReader::find(item, "id")->place, "this id has another check already");
    }
    read_words(item, check);
    check.message = text(item, "message").value_or("");
    check.is_required = truth(item, "required");
    check.allowed = texts(item, "allowed");
    check.ignores_case = truth(item, "ignore_case");
    check.date_formats = texts(item, "date");
    for (const std::string& format : check.date_formats) {
      const std::string_view problem = domain::problem_of_pattern(format);
      if (!problem.empty()) {
        mistakes_.add(MapReader::find(item, "date")->place,
                      fmt::format("date format '{}': {}", shorten(format, kShownColumns), problem),
                      "such as YYYY-MM-DD, DD.MM.YYYY or D/M/YY");
      }
    }
    check.not_before = day_rule(item, "not_before");
    check.not_after = day_rule(item, "not_after");
    check.sections = texts(item, "sections");
    check.min_length = number(item, "min_length", kMostLength);
    check.max_length = number(item, "max_length", kMostLength);
    check.forbidden = texts(item, "forbidden");
    if (const auto days = number(item, "unchanged_days", kMostDays)) {
      check.unchanged_days = static_cast<std::uint32_t>(*days);
    }
    if (!tests_anything(item)) {
      mistakes_.add(
          item.place, "this check tests nothing",
          "give it required, allowed, date, not_before, not_after, sections, min_length, max_length, "
          "forbidden or unchanged_days");
    }
    if (check.min_length && check.max_length && *check.min_length > *check.max_length) {
      mistakes_.add(MapReader::find(item, "min_length")->place,
                    "min_length is more than max_length: nothing can pass");
    }
    return check;
  }

  void read_words(const YamlNode& item, Check& check) {
    const YamlNode* column = MapReader::find(item, "column");
    const std::optional<std::size_t> index = column != nullptr && column->kind == NodeKind::scalar
                                                 ? index_of(kColumns, column->text)
                                                 : std::nullopt;
    if (index) {
      check.column = static_cast<CheckedColumn>(*index);
    } else {
      mistakes_.add(column == nullptr ? item.place : column->place,
                    fmt::format("column must be one of {}", fmt::join(kColumns, ", ")),
                    column == nullptr ? "" : did_you_mean(column->text, kColumns));
    }
    const YamlNode* severity = MapReader::find(item, "severity");
    if (severity == nullptr) return;
    const std::optional<std::size_t> weight =
        severity->kind == NodeKind::scalar ? index_of(kSeverities, severity->text) : std::nullopt;
    if (weight) {
      check.severity = static_cast<domain::Severity>(*weight);
    } else {
      mistakes_.add(severity->place, fmt::format("severity must be one of {}", fmt::join(kSeverities, ", ")));
    }
  }

  // Also when what it tests is wrong or misspelt: that is reported already.
  static bool tests_anything(const YamlNode& item) {
    constexpr std::array<std::string_view, 5> kNoTests = {"id", "column", "severity", "message",
                                                          "ignore_case"};
    return std::ranges::any_of(item.entries, [&](const Entry& entry) {
      return entry.value->kind != NodeKind::null && std::ranges::find(kNoTests, entry.key) == kNoTests.end();
    });
  }

  std::optional<std::string> text(const YamlNode& map, std::string_view key) {
    const YamlNode* value = reader_.scalar(map, key);
    return value == nullptr ? std::nullopt : std::optional(value->text);
  }

  bool truth(const YamlNode& map, std::string_view key) {
    const YamlNode* value = reader_.scalar(map, key);
    if (value == nullptr) return false;
    const std::optional<bool> truth = to_boolean(value->text);
    if (!truth)
      mistakes_.add(value->place, fmt::format("{} must be true or false, got {}", key, describe(*value)));
    return truth.value_or(false);
  }

  std::optional<std::uint64_t> number(const YamlNode& map, std::string_view key, std::uint64_t most) {
    const YamlNode* value = reader_.scalar(map, key);
    if (value == nullptr) return std::nullopt;
    std::uint64_t result = 0;
    const char* const end = value->text.data() + value->text.size();
    const auto [rest, error] = std::from_chars(value->text.data(), end, result);
    if (error == std::errc() && rest == end && result >= 1 && result <= most) return result;
    mistakes_.add(value->place, fmt::format("{} must be 1..{}, got {}", key, most, describe(*value)));
    return std::nullopt;
  }

  // A list, or a single text.
  std::vector<std::string> texts(const YamlNode& map, std::string_view key) {
    const YamlNode* value = MapReader::find(map, key);
    if (value == nullptr) return {};
    if (value->kind == NodeKind::scalar && !is_blank(value->text)) return {value->text};
    std::vector<std::string> result;
    if (value->kind != NodeKind::sequence || value->items.empty() || value->items.size() > kMostTexts) {
      mistakes_.add(value->place,
                    fmt::format("{} must be a text or a list of them, got {}", key, describe(*value)));
      return result;
    }
    for (const YamlNode* item : value->items) {
      if (item->kind == NodeKind::scalar && !is_blank(item->text)) {
        result.push_back(item->text);
      } else {
        mistakes_.add(
            item->place, fmt::format("{} must hold texts, got {}", key, describe(*item)),
            item->kind == NodeKind::map ? "a text that holds ': ' or ends with ':' needs quotes" : "");
      }
    }
    return result;
  }

  std::optional<domain::DayRule> day_rule(const YamlNode& map, std::string_view key) {
    const YamlNode* value = reader_.scalar(map, key);
    if (value == nullptr) return std::nullopt;
    std::optional<domain::DayRule> rule = parse_day_rule(value->text);
    if (!rule) {
      mistakes_.add(value->place, fmt::format("{} must be a day, got {}", key, describe(*value)),
                    "such as 2026-12-31, today, today-7d, monday (of this week) or monday+2w");
    }
    return rule;
  }

  MistakeCollector& mistakes_;
  MapReader reader_;
  std::set<std::string> ids_;
};

}  // namespace

std::optional<domain::DayRule> parse_day_rule(std::string_view text) {
  text = trim(text);
  domain::DayRule rule;
  if (const auto day = domain::parse_day(text, "YYYY-MM-DD")) {
    rule.fixed = *day;
    return rule;
  }
  if (text.starts_with("today")) {
    rule.base = domain::DayRule::Base::today;
    text.remove_prefix(5);
  } else if (text.starts_with("monday")) {
    rule.base = domain::DayRule::Base::monday;
    text.remove_prefix(6);
  } else {
    return std::nullopt;
  }
  if (text.empty()) return rule;
  const char sign = text.front();
  const char unit = text.back();
  if ((sign != '+' && sign != '-') || (unit != 'd' && unit != 'w') || text.size() < 3) return std::nullopt;
  int count = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [rest, error] = std::from_chars(text.data() + 1, end, count);
  if (error != std::errc() || rest != end || count < 0 || static_cast<std::uint64_t>(count) > kMostDays) {
    return std::nullopt;
  }
  rule.offset = std::chrono::days((sign == '-' ? -1 : 1) * count * (unit == 'w' ? 7 : 1));
  return rule;
}

std::vector<Check> read_checks(const YamlNode* list, MistakeCollector& mistakes) {
  if (list == nullptr || list->kind == NodeKind::null) return {};
  return CheckReader(mistakes).read(*list);
}

}  // namespace sv::config
