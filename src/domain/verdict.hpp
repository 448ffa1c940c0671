// The judgement of a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::domain {

enum class Severity : std::uint8_t { minor, major, critical };

struct Issue {
  std::string message;
  std::optional<std::string> rule;  // number or name of the rule it breaks, as the rulebook calls it
  Severity severity = Severity::major;
  std::optional<std::string> quote;  // the words of the row that show it
  bool operator==(const Issue&) const = default;
};

struct Verdict {
  bool is_valid = false;
  std::vector<Issue> issues = {};
  std::string rewrite_suggestion = {};
  // The row's text speaks to the checker (checks/suspicion.hpp): whatever the model said, a person must look.
  // Such a row is not valid.
  bool needs_review = false;
  bool operator==(const Verdict&) const = default;
};

}  // namespace sv::domain
