// A cell: what was entered, and everything about it that is not its value.
#pragma once

#include <boost/json/object.hpp>

#include <compare>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace sv::sim_sheets {

struct Formula {
  std::string text;  // with its "="; never evaluated, but for the text of a plain HYPERLINK
  auto operator<=>(const Formula&) const = default;
};

using Value = std::variant<std::monostate, std::string, double, bool, Formula>;

struct Cell {
  Value value;
  // userEnteredFormat, textFormatRuns, note, dataValidation in the API's JSON; null when there is none.
  // Shared by copies of the spreadsheet, hence const.
  std::shared_ptr<const boost::json::object> extra;

  bool has_value() const { return !std::holds_alternative<std::monostate>(value); }
  bool is_empty() const { return !has_value() && extra == nullptr; }
};

enum class ValueRender { formatted, unformatted, formula };
enum class DateRender { serial, formatted };

// As if typed by a person into a document of that locale ("en_US", "ru_RU"): numbers, dates, TRUE, formulas,
// a leading ' for text. A date brings its number format along.
Cell cell_from_typed(std::string_view text, const std::string& locale);

// What values.get shows. A formula other than HYPERLINK shows "" (nothing is evaluated here).
boost::json::value render(const Cell& cell, ValueRender how, DateRender dates, const std::string& locale);

// ExtendedValue of the API.
boost::json::object to_extended_value(const Value& value);
// What a formula shows, as a value; others are themselves.
Value effective_value(const Value& value);
// The link of a HYPERLINK formula, or of a single text run over the whole cell; else "".
std::string link_of(const Cell& cell);

}  // namespace sv::sim_sheets
