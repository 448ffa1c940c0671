#include "sim/rule_items.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sv::sim {

namespace {

// Far above any rulebook; bounds the work on a prompt from outside.
constexpr std::size_t kMaxItems = 200;
constexpr std::size_t kMaxQuoted = 40;
constexpr std::size_t kLongestQuoted = 80;

struct Marker {
  std::string number;
  std::size_t length = 0;  // bytes up to the rule's text
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Marker> read_marker(std::string_view line, std::string_view folded) {
  for (const std::string_view bullet : {"- ", "* ", "• ", "– ", "— "}) {
    if (line.starts_with(bullet)) return Marker{"", bullet.size()};
  }
  std::size_t at = 0;
  bool has_word = false;
  for (const std::string_view word : {"rule ", "правило ", "пункт ", "п. ", "r"}) {
    if (folded.starts_with(word) && folded.size() > word.size() && is_digit(folded[word.size()])) {
      at = word.size();
      has_word = true;
      break;
    }
  }
  std::size_t end = at;
  while (end < line.size() &&
         (is_digit(line[end]) || (line[end] == '.' && end + 1 < line.size() && is_digit(line[end + 1])))) {
    ++end;
  }
  if (end == at || end - at > 8 || end >= line.size()) return std::nullopt;
  const bool is_closed = line[end] == '.' || line[end] == ')' || line[end] == ':';
  if (!is_closed && !has_word) return std::nullopt;
  return Marker{std::string(line.substr(at, end - at)), end + (is_closed ? 1U : 0U)};
}

}  // namespace

std::vector<RuleItem> split_rules(std::string_view rules_text) {
  std::vector<RuleItem> items;
  bool is_open = false;  // the last item may go on in the next line
  while (!rules_text.empty() && items.size() < kMaxItems) {
    const std::size_t end = std::min(rules_text.find('\n'), rules_text.size());
    const std::string_view whole = rules_text.substr(0, end);
    rules_text.remove_prefix(std::min(end + 1, rules_text.size()));
    const std::string_view line = trim(whole);
    if (line.empty() || line.starts_with('#')) {
      is_open = false;
      continue;
    }
    const std::optional<Marker> marker = read_marker(line, fold_letters(line));
    const bool is_sub_bullet =
        marker && marker->number.empty() && is_open && items.back().text.ends_with(':');
    const bool continues_list = marker && marker->number.empty() && is_open && whole.starts_with("  ");
    if (is_sub_bullet || continues_list) {
      items.back()
          .text.append(items.back().text.ends_with(':') ? " " : ", ")
          .append(trim(line.substr(marker->length)));
    } else if (marker) {
      items.push_back({marker->number, std::string(trim(line.substr(marker->length))), {}});
      is_open = true;
    } else if (is_open) {
      items.back().text.append(" ").append(line);
    } else {
      items.push_back({"", std::string(line), {}});
      is_open = true;
    }
  }
  for (RuleItem& item : items) item.folded = fold_letters(item.text);
  return items;
}

std::vector<std::string> quoted_texts(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kMarks{
      {{"`", "`"}, {"**", "**"}, {"\"", "\""}, {"«", "»"}, {"“", "”"}, {"„", "“"}}};
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size() && found.size() < kMaxQuoted;) {
    bool matched = false;
    for (const auto& [open, close] : kMarks) {
      if (!text.substr(at).starts_with(open)) continue;
      const std::size_t begin = at + open.size();
      const std::size_t end = text.find(close, begin);
      if (end == std::string_view::npos || end == begin || end - begin > kLongestQuoted) continue;
      found.emplace_back(trim(text.substr(begin, end - begin)));
      at = end + close.size();
      matched = true;
      break;
    }
    if (!matched) ++at;
  }
  std::erase(found, "");
  return found;
}

bool StatusCondition::applies_to(std::string_view folded_status) const {
  const auto is_status = [folded_status](const std::string& status) { return status == folded_status; };
  if (std::any_of(except.begin(), except.end(), is_status)) return false;
  return only.empty() || std::any_of(only.begin(), only.end(), is_status);
}

StatusCondition read_condition(const RuleItem& item, const std::vector<std::string>& folded_statuses) {
  StatusCondition condition;
  const std::string_view text = item.folded;
  if (!has_stem(text, "status") && !has_stem(text, "статус")) return condition;
  std::size_t exception = std::string_view::npos;
  for (const std::string_view word :
       {"unless", "except", "other than", "кроме", "за исключением", "если статус не", "не относится"}) {
    exception = std::min(exception, text.find(word));
  }
  const bool has_condition = std::ranges::any_of(
      std::array<std::string_view, 12>{"if", "when", "with", "for", "in status", "rows with", "если", "при",
                                       "для", "когда", "у строк", "в статусе"},
      [text](std::string_view word) { return has_word(text, word); });
  for (const std::string& status : folded_statuses) {
    const std::size_t at = find_word(text, status);
    if (at == std::string_view::npos) continue;
    if (at > exception && exception != std::string_view::npos) {
      condition.except.push_back(status);
    } else if (has_condition) {
      condition.only.push_back(status);
    }
  }
  return condition;
}

}  // namespace sv::sim
