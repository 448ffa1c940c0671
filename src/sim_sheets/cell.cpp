#include "sim_sheets/cell.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

namespace sv::sim_sheets {

namespace json = boost::json;
using namespace std::chrono;

namespace {

// Sheets count days from 1899-12-30.
constexpr sys_days kEpoch = sys_days(year(1899) / 12 / 30);

bool has_decimal_comma(const std::string& locale) { return !locale.starts_with("en"); }
// `#,##0`-like grouping only in locales whose grouping is written with a comma.
bool has_comma_groups(const std::string& locale) { return locale.starts_with("en"); }

std::string date_pattern(const std::string& locale) {
  if (locale == "en_US") return "m/d/yyyy";
  if (locale.starts_with("en")) return "dd/mm/yyyy";
  return "dd.mm.yyyy";
}

std::optional<double> parse_number(std::string_view text, const std::string& locale) {
  std::string plain;
  for (const char c : text) {
    if (c == ',' && has_decimal_comma(locale)) {
      plain += '.';
    } else if (c == ',' && has_comma_groups(locale)) {
      if (plain.empty() || plain.contains('.')) return std::nullopt;
    } else if (c == '.' && has_decimal_comma(locale)) {
      return std::nullopt;
    } else {
      plain += c;
    }
  }
  if (plain.empty() || !(plain.back() >= '0' && plain.back() <= '9')) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number);
  if (error != std::errc() || end != plain.data() + plain.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

struct TypedDate {
  double serial = 0;
  std::string pattern;
};

std::optional<TypedDate> parse_date(std::string_view text, const std::string& locale) {
  std::array<int, 3> parts{};
  std::array<std::size_t, 3> digits{};
  std::size_t part = 0;
  char separator = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (++digits.at(part) > 4) return std::nullopt;
      parts.at(part) = parts.at(part) * 10 + (c - '0');
      continue;
    }
    if ((c != '-' && c != '/' && c != '.') || (separator != 0 && c != separator) || part == 2)
      return std::nullopt;
    separator = c;
    ++part;
  }
  if (part != 2 || digits[0] == 0 || digits[1] == 0 || digits[2] == 0) return std::nullopt;
  year_month_day day;
  std::string pattern = date_pattern(locale);
  if (digits[0] == 4 && separator != '.') {
    day = year(parts[0]) / parts[1] / parts[2];
    pattern = separator == '-' ? "yyyy-mm-dd" : "yyyy/mm/dd";
  } else if (digits[2] != 4) {
    return std::nullopt;
  } else if (locale == "en_US") {
    if (separator == '.') return std::nullopt;
    day = year(parts[2]) / parts[0] / parts[1];
  } else {
    day = year(parts[2]) / parts[1] / parts[0];
  }
  if (!day.ok()) return std::nullopt;
  return TypedDate{static_cast<double>((sys_days(day) - kEpoch).count()), pattern};
}

std::string format_serial(double serial, std::string_view pattern) {
  const double whole = std::floor(serial);
  const year_month_day day(kEpoch + days(static_cast<int>(whole)));
  const auto second = static_cast<int>(std::lround((serial - whole) * 86'400));
  std::string text;
  bool after_hour = false;
  for (std::size_t at = 0; at < pattern.size();) {
    const char kind = static_cast<char>(pattern[at] | 0x20);
    std::size_t length = 1;
    while (at + length < pattern.size() && (pattern[at + length] | 0x20) == kind) ++length;
    const int width = length >= 2 ? 2 : 1;
    const auto put = [&](int number) { text += fmt::format("{:0{}}", number, width); };
    switch (kind) {
      case 'y':
        text += length > 2 ? fmt::format("{:04}", static_cast<int>(day.year()))
                           : fmt::format("{:02}", static_cast<int>(day.year()) % 100);
        break;
      case 'm':
        put(after_hour ? second / 60 % 60 : static_cast<int>(static_cast<unsigned>(day.month())));
        break;
      case 'd':
        put(static_cast<int>(static_cast<unsigned>(day.day())));
        break;
      case 'h':
        put(second / 3600);
        break;
      case 's':
        put(second % 60);
        break;
      default:
        text += pattern.substr(at, length);
    }
    if (kind == 'h') after_hour = true;
    at += length;
  }
  return text;
}

// The pattern of a date format; "" without pattern; nothing when the cell is no date.
std::optional<std::string> date_format_of(const Cell& cell) {
  if (!cell.extra) return std::nullopt;
  const json::value* format = cell.extra->if_contains("userEnteredFormat");
  if (format == nullptr || !format->is_object()) return std::nullopt;
  const json::value* number = format->get_object().if_contains("numberFormat");
  if (number == nullptr || !number->is_object()) return std::nullopt;
  const json::value* type = number->get_object().if_contains("type");
  if (type == nullptr || !type->is_string()) return std::nullopt;
  if (type->get_string() != "DATE" && type->get_string() != "DATE_TIME") return std::nullopt;
  const json::value* pattern = number->get_object().if_contains("pattern");
  return pattern != nullptr && pattern->is_string() ? std::string(pattern->get_string()) : std::string();
}

std::string format_number(double number, const std::string& locale) {
  std::string text = fmt::format("{:.10g}", number);
  if (has_decimal_comma(locale)) {
    for (char& c : text) {
      if (c == '.') c = ',';
    }
  }
  return text;
}

// The quoted arguments of =HYPERLINK("…";"…"), in either separator; empty when it is anything else.
std::vector<std::string> hyperlink_arguments(const Value& value) {
  const auto* formula = std::get_if<Formula>(&value);
  constexpr std::string_view kStart = "=HYPERLINK(";
  if (formula == nullptr || !formula->text.starts_with(kStart)) return {};
  std::vector<std::string> arguments;
  bool is_inside = false;
  for (std::size_t at = kStart.size(); at < formula->text.size(); ++at) {
    const char c = formula->text[at];
    if (!is_inside) {
      if (c == ')') return at + 1 == formula->text.size() ? arguments : std::vector<std::string>();
      if (c == '"')
        arguments.emplace_back();
      else if (c != ' ' && c != ',' && c != ';')
        return {};
      is_inside = c == '"';
    } else if (c != '"') {
      arguments.back() += c;
    } else if (at + 1 < formula->text.size() && formula->text[at + 1] == '"') {
      arguments.back() += formula->text[++at];
    } else {
      is_inside = false;
    }
  }
  return {};
}

}  // namespace

Cell cell_from_typed(std::string_view text, const std::string& locale) {
  if (text.empty()) return {};
  if (text.starts_with('\'')) return {.value = std::string(text.substr(1)), .extra = nullptr};
  if (const std::optional<double> number = parse_number(text.substr(text.starts_with('+') ? 1 : 0), locale)) {
    return {.value = *number, .extra = nullptr};
  }
  if (text.starts_with('=') && text.size() > 1)
    return {.value = Formula{std::string(text)}, .extra = nullptr};
  if (text.starts_with('+') && text.size() > 1) {
    return {.value = Formula{"=" + std::string(text)}, .extra = nullptr};
  }
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (upper == "TRUE" || upper == "FALSE") return {.value = upper == "TRUE", .extra = nullptr};
  if (const std::optional<TypedDate> date = parse_date(text, locale)) {
    json::object extra;
    extra["userEnteredFormat"] = {{"numberFormat", {{"type", "DATE"}, {"pattern", date->pattern}}}};
    return {.value = date->serial, .extra = std::make_shared<const json::object>(std::move(extra))};
  }
  return {.value = std::string(text), .extra = nullptr};
}

Value effective_value(const Value& value) {
  if (!std::holds_alternative<Formula>(value)) return value;
  std::vector<std::string> arguments = hyperlink_arguments(value);
  if (arguments.empty()) return std::string();
  return std::move(arguments.back());
}

std::string link_of(const Cell& cell) {
  const std::vector<std::string> arguments = hyperlink_arguments(cell.value);
  if (!arguments.empty()) return arguments.front();
  if (!cell.extra) return {};
  const json::value* runs = cell.extra->if_contains("textFormatRuns");
  if (runs == nullptr || !runs->is_array() || runs->get_array().size() != 1) return {};
  boost::system::error_code error;
  const json::value* uri = runs->get_array().front().find_pointer("/format/link/uri", error);
  return uri != nullptr && uri->is_string() ? std::string(uri->get_string()) : std::string();
}

json::value render(const Cell& cell, ValueRender how, DateRender dates, const std::string& locale) {
  if (how == ValueRender::formula) {
    if (const auto* formula = std::get_if<Formula>(&cell.value)) return json::string(formula->text);
  }
  const Value value = effective_value(cell.value);
  if (const auto* text = std::get_if<std::string>(&value)) return json::string(*text);
  if (const auto* flag = std::get_if<bool>(&value)) {
    if (how == ValueRender::formatted) return *flag ? "TRUE" : "FALSE";
    return *flag;
  }
  if (const auto* number = std::get_if<double>(&value)) {
    const std::optional<std::string> date = date_format_of(cell);
    if (date && (how == ValueRender::formatted || dates == DateRender::formatted)) {
      return json::string(format_serial(*number, date->empty() ? date_pattern(locale) : *date));
    }
    if (how == ValueRender::formatted) return json::string(format_number(*number, locale));
    return *number;
  }
  return "";
}

json::object to_extended_value(const Value& value) {
  json::object object;
  if (const auto* text = std::get_if<std::string>(&value)) object["stringValue"] = *text;
  if (const auto* number = std::get_if<double>(&value)) object["numberValue"] = *number;
  if (const auto* flag = std::get_if<bool>(&value)) object["boolValue"] = *flag;
  if (const auto* formula = std::get_if<Formula>(&value)) object["formulaValue"] = formula->text;
  return object;
}

}  // namespace sv::sim_sheets
