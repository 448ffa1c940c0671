#include "sim/question_text.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"
#include "sim/tokenizer.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

namespace sv::sim {

namespace {

namespace json = boost::json;

constexpr std::string_view kRowMark = "<<<ROW ";
constexpr std::string_view kMarkEnd = ">>>";
constexpr std::size_t kMaxStatuses = 500;

// The offset of the line that is exactly `line`; the last one when `last`.
std::size_t find_line(std::string_view text, std::string_view line, bool last) {
  std::size_t found = std::string_view::npos;
  for (std::size_t at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1)) {
    const bool begins = at == 0 || text[at - 1] == '\n';
    const std::size_t end = at + line.size();
    const bool ends = end == text.size() || text[end] == '\n' || text[end] == '\r';
    if (!begins || !ends) continue;
    found = at;
    if (!last) break;
  }
  return found;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::vector<std::string> read_statuses(std::string_view text) {
  static constexpr std::string_view kHeading = "Allowed statuses:";
  std::vector<std::string> statuses;
  const std::size_t at = find_line(text, kHeading, false);
  if (at == std::string_view::npos) return statuses;
  text.remove_prefix(at);
  take_line(text);
  while (statuses.size() < kMaxStatuses) {
    const std::string_view line = take_line(text);
    if (!line.starts_with("- ")) break;
    statuses.emplace_back(trim(line.substr(2)));
  }
  return statuses;
}

std::string_view read_rules_text(std::string_view text) {
  static constexpr std::string_view kBegin = "Rulebook:";
  // The last one: a rulebook may quote the line.
  const std::size_t end = find_line(text, "End of rulebook.", true);
  const std::size_t begin = find_line(text, kBegin, false);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return text.substr(begin + kBegin.size(), end - begin - kBegin.size());
}

std::optional<std::chrono::sys_days> read_today(std::string_view text) {
  static constexpr std::string_view kStart = "Today is ";
  const std::size_t at = text.find(kStart);
  if (at == std::string_view::npos || text.size() < at + kStart.size() + 10) return std::nullopt;
  const auto date = parse_date(text.substr(at + kStart.size(), 10));
  return date ? std::optional(date->day) : std::nullopt;
}

std::string read_code(std::string_view text) {
  static constexpr std::string_view kStart = "Row code: ";
  const std::size_t at = text.find(kStart);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kStart.size());
  return std::string(trim(take_line(text)));
}

std::string text_member(const json::object& row, std::string_view name) {
  const json::value* value = row.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

SystemPrompt read_system_prompt(std::string_view text) {
  SystemPrompt prompt;
  prompt.allowed_statuses = read_statuses(text);
  prompt.hints = read_rules(read_rules_text(text), prompt.allowed_statuses);
  if (text.contains("Write in Russian.")) prompt.language = domain::Language::russian;
  if (text.contains("Write in English.")) prompt.language = domain::Language::english;
  const std::string folded = fold_letters(text);
  prompt.mentions_json = folded.contains("json");
  prompt.asks_for_issue_objects = folded.contains("severity");
  prompt.tokens = count_tokens(text);
  prompt.fingerprint = std::hash<std::string_view>{}(text);
  return prompt;
}

std::optional<RowQuestion> read_row_question(std::string_view user_text) {
  std::size_t at = 0;
  while (!user_text.substr(at).starts_with(kRowMark)) {
    const std::size_t next = user_text.find('\n', at);
    if (next == std::string_view::npos) return std::nullopt;
    at = next + 1;
  }
  std::string_view rest = user_text.substr(at);
  const std::string_view fence = take_line(rest);
  if (!fence.ends_with(kMarkEnd)) return std::nullopt;
  RowQuestion question;
  question.row_text = take_line(rest);
  // A cell cannot hold a line break inside JSON, so the line after the row must be the closing fence.
  const std::string_view mark =
      fence.substr(kRowMark.size(), fence.size() - kRowMark.size() - kMarkEnd.size());
  const std::string_view closing = take_line(rest);
  if (!closing.starts_with("<<<END ") || closing.substr(7) != fence.substr(kRowMark.size()) || mark.empty()) {
    return std::nullopt;
  }
  question.today = read_today(user_text.substr(0, at));
  question.code = read_code(user_text.substr(0, at));

  std::array<unsigned char, 4096> buffer;
  json::monotonic_resource memory(buffer.data(), buffer.size());
  boost::system::error_code error;
  const json::value parsed = json::parse(question.row_text, error, &memory);
  if (error || !parsed.is_object()) return std::nullopt;
  const json::object& row = parsed.get_object();
  question.status = text_member(row, "status");
  question.comment = text_member(row, "comment");
  if (row.contains("completion_date")) question.completion_date = text_member(row, "completion_date");
  return question;
}

}  // namespace sv::sim
