// Reads the question back out of its two messages. This is the format that prompt/question.hpp writes; the
// simulator knows only the text, as a model does, and may not include prompt/.
//
//   system  … `Write in Russian.` … `Allowed statuses:` then `- X` lines … `Rulebook:` rules `End of
//   rulebook.` user    `Today is 2026-11-25, Wednesday.` `Row code: 004217` `<<<ROW mark>>>` one line of JSON
//   `<<<END mark>>>` …
#pragma once

#include "domain/language.hpp"
#include "sim/rule_hints.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim {

// The static part, read once and kept.
struct SystemPrompt {
  std::vector<std::string> allowed_statuses;  // empty: any
  RuleHints hints;
  std::optional<domain::Language> language;  // empty: the row's
  bool mentions_json = false;                // OpenAI refuses json_object otherwise
  bool asks_for_issue_objects =
      false;  // issues with severity and quote; else plain strings, as the Python original
  std::uint64_t tokens = 0;
  std::uint64_t fingerprint = 0;  // a hash of the text
};

SystemPrompt read_system_prompt(std::string_view text);

struct RowQuestion {
  std::optional<std::chrono::sys_days> today;
  std::string code;  // which the reply repeats; empty: not asked for
  std::string status;
  std::string comment;
  std::optional<std::string> completion_date;  // empty: the column is not mapped
  std::string_view row_text;                   // the row's line of JSON, within the text that was read
};

// Nothing when there is no fence with one readable row in it.
std::optional<RowQuestion> read_row_question(std::string_view user_text);

}  // namespace sv::sim
