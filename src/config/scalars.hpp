// Scalars of YAML as values. The rules are those of the Python original (YAML 1.1 and pydantic): quotes do
// not matter, `1_000` is a number, `yes` and `on` are true.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sv::config {

enum class NumberProblem : std::uint8_t { not_a_number, too_large };

struct WholeNumber {
  std::int64_t value = 0;
  std::optional<NumberProblem> problem;
};

WholeNumber to_whole_number(std::string_view text);
// Finite numbers only; nothing for all other texts.
std::optional<double> to_number(std::string_view text);
std::optional<bool> to_boolean(std::string_view text);

}  // namespace sv::config
