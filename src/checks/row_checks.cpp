#include "checks/row_checks.hpp"

#include "base/text.hpp"
#include "domain/date_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace sv::checks {

namespace {

using domain::Check;
using domain::CheckedColumn;
using domain::Issue;
using domain::Language;

constexpr std::size_t kShownColumns = 60;
constexpr std::size_t kMostValuesNamed = 10;
// When a window is set and no format.
constexpr std::array<std::string_view, 3> kUsualFormats = {"YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY"};

const std::string& cell_of(const domain::Row& row, CheckedColumn column) {
  switch (column) {
    case CheckedColumn::status:
      return row.status;
    case CheckedColumn::comment:
      return row.comment;
    case CheckedColumn::completion_date:
      return row.completion_date;
    case CheckedColumn::identifier:
      return row.identifier;
    case CheckedColumn::project_manager:
      return row.project_manager;
  }
  return row.comment;
}

std::string_view name_of(CheckedColumn column, Language language) {
  constexpr std::array<std::string_view, 5> kEnglish = {"The status", "The comment", "The completion date",
                                                        "The project's name", "The project manager"};
  constexpr std::array<std::string_view, 5> kRussian = {"Статус", "Комментарий", "Дата завершения",
                                                        "Название проекта", "Менеджер проекта"};
  const auto index = static_cast<std::size_t>(column);
  return language == Language::russian ? kRussian[index] : kEnglish[index];
}

std::string quoted_list(const std::vector<std::string>& values, Language language) {
  std::string list;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == kMostValuesNamed) return list + ", …";
    if (i > 0) list += ", ";
    list += language == Language::russian ? fmt::format("«{}»", values[i]) : fmt::format("\"{}\"", values[i]);
  }
  return list;
}

std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

bool is_word_edge(std::string_view folded, std::size_t at) {
  const auto is_letter = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0xC3 ||
           (byte >= 0x80 && byte < 0xC0);
  };
  if (at == 0 || at >= folded.size()) return true;
  return !is_letter(folded[at - 1]) || !is_letter(folded[at]);
}

// Where `phrase` stands as whole words; both are folded.
std::size_t find_phrase(std::string_view folded, std::string_view phrase, std::size_t from = 0) {
  if (phrase.empty()) return std::string_view::npos;
  for (std::size_t at = folded.find(phrase, from); at != std::string_view::npos;
       at = folded.find(phrase, at + 1)) {
    if (is_word_edge(folded, at) && is_word_edge(folded, at + phrase.size())) return at;
  }
  return std::string_view::npos;
}

std::string day_text(std::chrono::sys_days day, Language language) {
  const std::chrono::year_month_day date(day);
  const auto year = static_cast<int>(date.year());
  const auto month = static_cast<unsigned>(date.month());
  const auto number = static_cast<unsigned>(date.day());
  return language == Language::russian ? fmt::format("{:02}.{:02}.{:04}", number, month, year)
                                       : fmt::format("{:04}-{:02}-{:02}", year, month, number);
}

std::optional<std::chrono::sys_days> day_of(std::string_view text, const Check& check) {
  const auto parse_any = [&](const auto& formats) -> std::optional<std::chrono::sys_days> {
    for (const std::string_view format : formats) {
      if (const auto day = domain::parse_day(text, format)) return day;
    }
    return std::nullopt;
  };
  return check.date_formats.empty() ? parse_any(kUsualFormats) : parse_any(check.date_formats);
}

class Finder {
 public:
  Finder(const Check& check, Language language, const CheckDay& day)
      : check_(check), is_russian_(language == Language::russian), language_(language), day_(day) {}

  void look_at(const domain::Row& row, std::vector<Issue>& found) {
    found_ = &found;
    const std::string& whole = cell_of(row, check_.column);
    text_ = trim(whole);
    if (text_.empty()) {
      if (check_.is_required) add("{} is empty", "{}: не заполнено", std::nullopt);
      return;
    }
    folded_ = fold_case(text_);
    check_allowed(whole);
    check_date();
    check_sections();
    check_length();
    check_forbidden();
    check_unchanged();
  }

 private:
  // Both texts take the column's name first.
  template <typename... Arguments>
  void add(std::string_view english, std::string_view russian, std::optional<std::string> quote,
           const Arguments&... arguments) {
    const std::string_view name = name_of(check_.column, language_);
    std::string message = check_.message;
    if (message.empty())
      message = fmt::format(fmt::runtime(is_russian_ ? russian : english), name, arguments...);
    found_->push_back(Issue{.message = std::move(message),
                            .rule = check_.id,
                            .severity = check_.severity,
                            .quote = std::move(quote)});
  }

  std::string shown() const { return shorten(text_, kShownColumns); }

  void check_allowed(const std::string& whole) {
    if (check_.allowed.empty()) return;
    const bool is_one = std::ranges::any_of(check_.allowed, [&](const std::string& value) {
      return check_.ignores_case ? fold_case(value) == folded_ : value == whole;
    });
    if (is_one) return;
    add("{} must be one of {}, got \"{}\"", "{}: допустимы {}, а указано «{}»", std::string(text_),
        quoted_list(check_.allowed, language_), shown());
  }

  void check_date() {
    const bool has_window = check_.not_before || check_.not_after;
    if (check_.date_formats.empty() && !has_window) return;
    const std::optional<std::chrono::sys_days> day = day_of(text_, check_);
    if (!day) {
      if (check_.date_formats.empty()) return;
      add("{} must be a date such as {}, got \"{}\"", "{}: нужна дата вида {}, а указано «{}»",
          std::string(text_),
          fmt::format("{}", fmt::join(check_.date_formats, is_russian_ ? " или " : " or ")), shown());
      return;
    }
    if (check_.not_before && *day < check_.not_before->on(day_.today)) {
      add("{} must not be before {}, got {}", "{}: не раньше {}, а указано {}", std::string(text_),
          day_text(check_.not_before->on(day_.today), language_), day_text(*day, language_));
    }
    if (check_.not_after && *day > check_.not_after->on(day_.today)) {
      add("{} must not be after {}, got {}", "{}: не позже {}, а указано {}", std::string(text_),
          day_text(check_.not_after->on(day_.today), language_), day_text(*day, language_));
    }
  }

  void check_sections() {
    std::vector<std::string> missing;
    std::vector<std::string> misplaced;
    std::vector<std::string> empty;
    std::size_t after_last = 0;  // behind the last heading that was in its place
    std::optional<std::string> open;
    for (const std::string& heading : check_.sections) {
      const std::string folded = fold_case(heading);
      const std::size_t at = find_phrase(folded_, folded, after_last);
      if (at == std::string_view::npos) {
        (find_phrase(folded_, folded) == std::string_view::npos ? missing : misplaced).push_back(heading);
        continue;
      }
      if (open && !has_words(after_last, at)) empty.push_back(*open);
      after_last = at + folded.size();
      open = heading;
    }
    if (open && !has_words(after_last, folded_.size())) empty.push_back(*open);
    if (!missing.empty())
      add("{} lacks the sections {}", "{}: нет разделов {}", std::nullopt, quoted_list(missing, language_));
    if (!misplaced.empty()) {
      add("{} has the sections {} out of their order", "{}: разделы {} стоят не по порядку", std::nullopt,
          quoted_list(misplaced, language_));
    }
    if (!empty.empty())
      add("{} has nothing under {}", "{}: пустые разделы {}", std::nullopt, quoted_list(empty, language_));
  }

  bool has_words(std::size_t begin, std::size_t end) const {
    return !words_of(std::string_view(folded_).substr(begin, end - begin)).empty();
  }

  void check_length() {
    const std::size_t length = length_of(text_);
    if (check_.min_length && length < *check_.min_length) {
      add("{} must have at least {} characters, got {}", "{}: не меньше {} знаков, а здесь {}", std::nullopt,
          *check_.min_length, length);
    }
    if (check_.max_length && length > *check_.max_length) {
      add("{} must have at most {} characters, got {}", "{}: не больше {} знаков, а здесь {}", std::nullopt,
          *check_.max_length, length);
    }
  }

  void check_forbidden() {
    std::vector<std::string> said;
    for (const std::string& phrase : check_.forbidden) {
      if (find_phrase(folded_, fold_case(phrase)) != std::string_view::npos) said.push_back(phrase);
    }
    if (said.empty()) return;
    std::string first = said.front();
    add("{} must not say {}", "{}: нельзя писать {}", std::move(first), quoted_list(said, language_));
  }

  void check_unchanged() {
    if (!check_.unchanged_days || !day_.unchanged_since) return;
    if (day_.today - *day_.unchanged_since < std::chrono::days(*check_.unchanged_days)) return;
    add("{} has not changed since {}", "{}: без изменений с {}", std::nullopt,
        day_text(*day_.unchanged_since, language_));
  }

  const Check& check_;
  bool is_russian_;
  Language language_;
  const CheckDay& day_;
  std::string_view text_;
  std::string folded_;
  std::vector<Issue>* found_ = nullptr;
};

}  // namespace

std::vector<Issue> find_failures(const domain::Row& row, const domain::Checks& checks, Language language,
                                 const CheckDay& day) {
  std::vector<Issue> found;
  for (const Check& check : checks.list) Finder(check, language, day).look_at(row, found);
  return found;
}

bool has_failed(const std::vector<Issue>& failures) {
  return std::ranges::any_of(failures,
                             [](const Issue& issue) { return issue.severity != domain::Severity::minor; });
}

void apply_failures(std::vector<Issue> failures, domain::Verdict& verdict) {
  if (has_failed(failures)) verdict.is_valid = false;
  for (Issue& failure : failures) {
    const bool is_there = std::ranges::any_of(verdict.issues, [&](const Issue& issue) {
      return issue.rule == failure.rule && issue.message == failure.message;
    });
    if (!is_there) verdict.issues.push_back(std::move(failure));
  }
}

}  // namespace sv::checks
