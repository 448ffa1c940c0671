// How a row got its verdict, for `status-validator explain`.
#pragma once

#include "domain/answer.hpp"
#include "domain/row.hpp"
#include "ports/run_history.hpp"
#include "words/phrasebook.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sv::report {

struct Explanation {
  ports::RunRecord run;
  domain::Row row;  // as the source has it now
  // Its identifier is blank although that column is there: it is never asked about.
  bool is_skipped = false;
  // Of the question about it at the first provider, in hexadecimal: as it would be asked now.
  std::string key;
  std::shared_ptr<const domain::Answer> answer;  // in the cache, or that of the checks; null: there is none
  // The settings' checks are enough for this row: no model is asked about it.
  bool is_decided = false;
  // As the model gave it, with what was hidden from it put back.
  domain::Verdict said;
  // What the review says: the answer's verdict, made stricter by code checks. Only where there is an answer.
  domain::Verdict verdict;
  // Of this run, about this row or an identical one, in the order in which they were sent.
  std::vector<ports::RequestRecord> requests;
};

// Lines for people. Safe to print.
std::string render_explanation(const Explanation& explanation,
                               const words::Phrasebook& in = words::phrasebook_of(domain::Language::english));
// One JSON line. Times are Unix milliseconds.
std::string explanation_json(const Explanation& explanation);

}  // namespace sv::report
