// The question about a row: a static part, the same bytes for every row of a run, then the row.
//
//   system message (static, so that the provider's prompt cache holds it)
//     the task, `Write in Russian.`, reply format
//     Allowed statuses:    one `- X` a line, or `(any)`
//     Rulebook:            the rules verbatim, then the line `End of rulebook.`
//   user message
//     Today is 2026-11-25, Wednesday.
//     Row code: 004217                 the reply repeats it (row_code.hpp)
//     <<<ROW 3f9c…>>>
//     {"status":"…","comment":"…","completion_date":"…"}
//     <<<END 3f9c…>>>
//     (after an unusable reply: a sentence that says what was wrong)
//
// Nothing untrusted ever stands in the system message. The row is one line of JSON, so a cell cannot begin a
// line, and the mark is random for each request, so a cell cannot close the fence. Only status, comment and
// completion date leave the house: identifiers and names of managers are never sent, and where they stand in
// a comment they are hidden if the rulebook says so (domain/redaction).
#pragma once

#include "domain/row.hpp"
#include "domain/rulebook.hpp"
#include "prompt/row_code.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sv::prompt {

// What was wrong with the reply before (the twin of ports::Correction, which this room cannot see).
enum class Correction : std::uint8_t { none, invalid_reply, truncated };

// "Today is 2026-11-25, Wednesday.": made once a day, not once a row.
std::string today_line(std::chrono::year_month_day today);

// Immutable after construction: may be shared between threads.
class QuestionBuilder {
 public:
  QuestionBuilder(const domain::Rulebook& rulebook, domain::MappedColumns columns);

  // The system message. Depends on the rulebook and the mapped columns only.
  const std::string& system_text() const { return system_text_; }

  // Appends the user message to `out`. `mark` must be unguessable (unguessable_hex(12)) and, as `code`, new
  // for each request; `today` is a today_line(). Deterministic.
  void append_user_text(std::string& out, const domain::Row& row, std::string_view mark, RowCode code,
                        std::string_view today, Correction correction) const;

  // Hexadecimal SHA-256 of everything static in the question: prompt version, system text (rules, statuses,
  // language), response schema and which fields are sent. The start of it serves as prompt_cache_key.
  const std::string& revision() const { return revision_; }

  bool sends_completion_date() const { return sends_completion_date_; }
  const domain::Redaction& redaction() const { return redaction_; }

 private:
  bool sends_completion_date_;
  domain::Redaction redaction_;
  std::string system_text_;
  std::string revision_;
};

}  // namespace sv::prompt
