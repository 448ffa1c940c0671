// How an answer stands in a row of the database, and how damage to it is noticed.
//
// The issues of a verdict are one text, readable with the sqlite3 shell, each issue four fields:
//
//   severity  one digit: 0 minor, 1 major, 2 critical
//   message   netstring  LENGTH ":" BYTES ","
//   rule      netstring, or "-," when there is none
//   quote     likewise
//
//   2 14:no such status, -, 4:Done,      (without the spaces)
//
// Netstrings need no escaping and no JSON library; lengths are checked against what is left.
#pragma once

#include "domain/answer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::store {

std::string encode_issues(const std::vector<domain::Issue>& issues);
// Nothing for what encode_issues() cannot have written.
std::optional<std::vector<domain::Issue>> decode_issues(std::string_view text);

// The fields of a row as views: of an Answer before writing, of a statement's columns after reading.
struct AnswerRecord {
  std::string_view run;
  std::int64_t answered_at_ms = 0;
  std::string_view provider;
  std::string_view model;
  domain::Usage usage;
  bool is_valid = false;
  std::string_view issues;
  std::string_view rewrite;
  std::string_view raw_json;
};

// CRC-32 over the key and every field, each preceded by its length. 79 % of flipped bits in a database are
// not noticed by SQLite; a CRC per row noticed all of them (measured, reference/reliability.md).
std::uint32_t checksum(std::string_view key, const AnswerRecord& record);

// The views of `answer`; `issues` is its encoded form. Both outlive the record.
AnswerRecord to_record(const domain::Answer& answer, std::string_view issues, std::string_view run);
// Nothing when the issues cannot be read.
std::optional<domain::Answer> to_answer(const AnswerRecord& record);

}  // namespace sv::store
