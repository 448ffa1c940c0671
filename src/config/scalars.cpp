#include "config/scalars.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

namespace sv::config {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without the `_` between digits and without a leading `+`; empty when an `_` stands elsewhere.
std::string without_separators(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits.push_back(text[i]);
      continue;
    }
    const bool is_between = i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (!is_between) return {};
  }
  return digits;
}

}  // namespace

WholeNumber to_whole_number(std::string_view text) {
  const std::string digits = without_separators(text);
  WholeNumber number;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number.value);
  if (error == std::errc::result_out_of_range && rest == end) {
    number.problem = NumberProblem::too_large;
  } else if (error != std::errc() || rest != end) {
    number.problem = NumberProblem::not_a_number;
  }
  return number;
}

std::optional<double> to_number(std::string_view text) {
  const std::string digits = without_separators(text);
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || rest != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> to_boolean(std::string_view text) {
  const std::string word = fold_case(text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

}  // namespace sv::config
