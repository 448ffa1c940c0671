#include "sim/dates.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace sv::sim {

namespace {

namespace chrono = std::chrono;

constexpr std::size_t kLongestDateText = 64;
// English abbreviation and Russian stem of each month; "ма" of "май, мая, мае" is told from "март" by order.
constexpr std::array<std::string_view, 12> kEnglishMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> kRussianMonths{"янв", "фев", "мар", "апр", "ма",  "июн",
                                                          "июл", "авг", "сен", "окт", "ноя", "дек"};

// A run of digits or of letters; `separator` is the character before it.
struct Piece {
  std::string_view text;
  char separator = 0;
  bool is_number = false;
  int number = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

std::vector<Piece> split_pieces(std::string_view text) {
  std::vector<Piece> pieces;
  char separator = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i]) && !is_letter(text[i])) {
      if (separator == 0 || separator == ' ') separator = text[i];
      ++i;
      continue;
    }
    const bool digits = is_digit(text[i]);
    std::size_t end = i;
    while (end < text.size() && (digits ? is_digit(text[end]) : is_letter(text[end]))) ++end;
    Piece piece{text.substr(i, end - i), separator, digits, 0};
    if (digits && piece.text.size() <= 4) {
      std::from_chars(piece.text.data(), piece.text.data() + piece.text.size(), piece.number);
    } else if (digits) {
      piece.number = -1;
    }
    pieces.push_back(piece);
    separator = 0;
    i = end;
  }
  return pieces;
}

unsigned month_number(std::string_view word) {
  for (std::size_t i = 0; i < kEnglishMonths.size(); ++i) {
    if (word.starts_with(kEnglishMonths[i]) || word.starts_with(kRussianMonths[i]))
      return static_cast<unsigned>(i + 1);
  }
  return 0;
}

int quarter_number(std::string_view word) {
  static constexpr std::array<std::string_view, 4> kRoman{"i", "ii", "iii", "iv"};
  for (std::size_t i = 0; i < kRoman.size(); ++i) {
    if (word == kRoman[i]) return static_cast<int>(i + 1);
  }
  return 0;
}

bool is_quarter_word(std::string_view word) {
  return word == "q" || word.starts_with("quarter") || word.starts_with("кв");
}
bool is_year(const Piece& piece) { return piece.is_number && piece.text.size() == 4 && piece.number >= 1900; }

std::optional<FoundDate> make_day(int year, unsigned month, unsigned day, DateForm form) {
  const chrono::year_month_day date{chrono::year(year), chrono::month(month), chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return FoundDate{chrono::sys_days(date), form};
}

std::optional<FoundDate> make_month(int year, unsigned month, DateForm form) {
  if (month < 1 || month > 12) return std::nullopt;
  return FoundDate{chrono::sys_days(chrono::year(year) / chrono::month(month) / chrono::last), form};
}

std::optional<FoundDate> numeric_date(const std::vector<Piece>& p) {
  if (is_year(p[0]) && p.size() >= 3 && p[1].is_number && p[2].is_number && p[1].separator == '-') {
    return make_day(p[0].number, static_cast<unsigned>(p[1].number), static_cast<unsigned>(p[2].number),
                    DateForm::iso);
  }
  if (is_year(p[0]) && p.size() == 2 && p[1].is_number) {
    return make_month(p[0].number, static_cast<unsigned>(p[1].number), DateForm::month);
  }
  if (p.size() == 2 && p[0].is_number && is_year(p[1])) {
    return make_month(p[1].number, static_cast<unsigned>(p[0].number), DateForm::month);
  }
  if (p.size() < 3 || !p[0].is_number || !p[1].is_number || !p[2].is_number) return std::nullopt;
  const bool is_short_year = p[2].text.size() == 2;
  if (!is_year(p[2]) && !is_short_year) return std::nullopt;
  const int year = is_short_year ? 2000 + p[2].number : p[2].number;
  const auto first = static_cast<unsigned>(p[0].number);
  const auto second = static_cast<unsigned>(p[1].number);
  const DateForm form = p[1].separator == '.' ? DateForm::dotted : DateForm::slashed;
  if (const auto date = make_day(year, second, first, form)) return date;
  return form == DateForm::slashed ? make_day(year, first, second, form) : std::nullopt;
}

std::optional<FoundDate> worded_date(const std::vector<Piece>& p) {
  const auto year = std::find_if(p.begin(), p.end(), is_year);
  if (year == p.end()) return std::nullopt;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i].is_number) continue;
    if (is_quarter_word(p[i].text)) {
      int quarter = 0;
      if (i + 1 < p.size() && p[i + 1].is_number && !is_year(p[i + 1])) quarter = p[i + 1].number;
      if (quarter == 0 && i > 0)
        quarter = p[i - 1].is_number ? p[i - 1].number : quarter_number(p[i - 1].text);
      if (quarter < 1 || quarter > 4) return std::nullopt;
      return make_month(year->number, static_cast<unsigned>(quarter) * 3U, DateForm::quarter);
    }
    const unsigned month = month_number(p[i].text);
    if (month == 0) continue;
    const auto day = std::find_if(p.begin(), p.end(), [](const Piece& piece) {
      return piece.is_number && piece.text.size() <= 2 && piece.number >= 1 && piece.number <= 31;
    });
    if (day == p.end()) return make_month(year->number, month, DateForm::month);
    return make_day(year->number, month, static_cast<unsigned>(day->number), DateForm::named);
  }
  return std::nullopt;
}

}  // namespace

std::optional<FoundDate> parse_date(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > kLongestDateText) return std::nullopt;
  const std::string folded = fold_letters(text);
  const std::vector<Piece> pieces = split_pieces(folded);
  if (pieces.empty() || pieces.size() > 8) return std::nullopt;
  // A sentence that contains a date is not a date: at most three words ("end of March 2027", "25 ноября 2026
  // года").
  if (std::count_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return !piece.is_number; }) > 3) {
    return std::nullopt;
  }
  if (const auto date = worded_date(pieces)) return date;
  const bool starts_with_numbers = pieces[0].is_number && pieces.size() >= 2 && pieces[1].is_number;
  return starts_with_numbers ? numeric_date(pieces) : std::nullopt;
}

bool mentions_date(std::string_view folded_text) {
  static constexpr std::array<std::string_view, 20> kStems{
      "januar", "februar", "march",  "april", "june",  "july", "august", "septem", "octob",   "novem",
      "decem",  "январ",   "феврал", "март",  "апрел", "июн",  "июл",    "август", "сентябр", "октябр"};
  static constexpr std::array<std::string_view, 24> kWords{
      "may",     "мая",       "мае",      "ноября",   "ноябре",  "декабря",      "декабре",  "q1",
      "q2",      "q3",        "q4",       "квартале", "квартал", "quarter",      "tomorrow", "monday",
      "tuesday", "wednesday", "thursday", "friday",   "завтра",  "понедельника", "среды",    "пятницы"};
  const std::vector<Piece> pieces = split_pieces(folded_text);
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    const Piece& a = pieces[i];
    const Piece& b = pieces[i + 1];
    if (!a.is_number || !b.is_number) continue;
    if (is_year(a) && b.separator == '-' && b.number >= 1 && b.number <= 12) return true;
    const bool is_day_and_month =
        a.number >= 1 && a.number <= 31 && b.text.size() == 2 && b.number >= 1 && b.number <= 12;
    if (is_day_and_month && (b.separator == '.' || b.separator == '/')) return true;
  }
  const auto is_there = [folded_text](std::string_view word) { return has_word(folded_text, word); };
  return std::any_of(kWords.begin(), kWords.end(), is_there) ||
         std::any_of(kStems.begin(), kStems.end(),
                     [folded_text](std::string_view stem) { return has_stem(folded_text, stem); });
}

std::string iso_date(chrono::sys_days day) {
  const chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string dotted_date(chrono::sys_days day) {
  const chrono::year_month_day date(day);
  return fmt::format("{:02}.{:02}.{:04}", static_cast<unsigned>(date.day()),
                     static_cast<unsigned>(date.month()), static_cast<int>(date.year()));
}

}  // namespace sv::sim
