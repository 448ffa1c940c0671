// Rules that code can decide, as the settings name them (`checks`). What they mean is in checks/row_checks.
#pragma once

#include "domain/verdict.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::domain {

enum class CheckedColumn : std::uint8_t { status, comment, completion_date, identifier, project_manager };

// A day that moves with today: 2026-12-31, today-7d, monday (of this week), monday+4d.
struct DayRule {
  enum class Base : std::uint8_t { fixed, today, monday };
  Base base = Base::fixed;
  std::chrono::sys_days fixed = {};  // of Base::fixed
  std::chrono::days offset{};        // of the others

  std::chrono::sys_days on(std::chrono::sys_days today) const;
  // As it is written in settings.
  std::string text() const;
};

// One item of `checks`: all of its tests concern one column. A blank cell fails `required` only.
struct Check {
  std::string id = {};  // stands in the review as the rule
  CheckedColumn column = CheckedColumn::comment;
  // minor: the row may be valid all the same.
  Severity severity = Severity::major;
  std::string message = {};  // instead of the built-in one; may be empty

  bool is_required = false;
  std::vector<std::string> allowed = {};
  bool ignores_case = false;                   // of `allowed`: surrounding spaces and case do not matter
  std::vector<std::string> date_formats = {};  // "YYYY-MM-DD"; the cell must be a day in one of them
  std::optional<DayRule> not_before = {};
  std::optional<DayRule> not_after = {};
  std::vector<std::string> sections = {};      // headings that stand in this order, each with a text below
  std::optional<std::size_t> min_length = {};  // code points
  std::optional<std::size_t> max_length = {};
  std::vector<std::string> forbidden = {};           // phrases, whole words, in any case
  std::optional<std::uint32_t> unchanged_days = {};  // fails when the row has been as it is for so many days
};

struct Checks {
  std::vector<Check> list = {};
  // A row that fails one of major or critical severity is decided without asking a model.
  bool ask_only_if_passed = false;
};

}  // namespace sv::domain
