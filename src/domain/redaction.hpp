// What of a row's text stays on this machine (`redact`): names and addresses that its author wrote into the
// status or the comment.
//
//   "Ivanov called ivan@corp.example" ──hide──▶ "{{NAME-1}} called {{EMAIL-1}}" ──▶ the question, its key
//   a verdict on that                 ◀─restore── what the model said of {{NAME-1}}
//
// Pure and deterministic, so that what was hidden need not be kept: it is found again in the row. Two rows
// that differ in nothing but what is hidden are one question, and the answer cache never holds what was
// hidden.
//
// Names are found word by word by the words of the row's own project manager, also with the endings of
// Russian cases ("Иванов" hides "Ивановым"); a name that stands in no cell of that column is not known.
// Whatever is hidden needlessly comes back in the review as it was.
#pragma once

#include "domain/row.hpp"
#include "domain/verdict.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sv::domain {

struct Redaction {
  bool project_managers = false;
  bool identifiers = false;
  bool emails = false;
  bool phones = false;

  bool is_on() const { return project_managers || identifiers || emails || phones; }
};

struct HiddenText {
  std::string placeholder;  // "{{NAME-1}}"; stands nowhere in the row as it was written
  std::string text;         // as it was written
};

struct HiddenRow {
  Row row;                         // with placeholders in status, comment and completion date
  std::vector<HiddenText> hidden;  // each text once
};

HiddenRow hide(const Row& row, const Redaction& redaction);

// Puts back what hide() has taken out of `row`, wherever the verdict speaks of it.
void restore(const Row& row, const Redaction& redaction, Verdict& verdict);

}  // namespace sv::domain
