// What became of a row. judged + cached + decided + unjudged + skipped = rows, always.
#pragma once

#include "domain/answer.hpp"
#include "domain/row.hpp"
#include "domain/verdict.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sv::domain {

enum class OutcomeKind : std::uint8_t {
  judged,    // a model was asked in this run
  cached,    // answered before, in an earlier run or for an identical row of this one
  decided,   // by the settings' checks, without asking a model (domain/check.hpp)
  unjudged,  // could not be judged; `reason` says why
  skipped,   // has no identifier although that column is mapped; not written to the target
};

struct Outcome {
  Row row;
  OutcomeKind kind = OutcomeKind::unjudged;
  // Position in the target from 0, decided before the first request. Meaningless for skipped rows.
  std::uint64_t place = 0;
  // The final verdict: the model's, made stricter by code checks. Only for judged, cached and decided rows.
  Verdict verdict;
  // The model's answer, shared between identical rows; for a decided row one without a provider and a reply.
  // Set where there is a verdict.
  std::shared_ptr<const Answer> answer;
  // Why the row is unjudged or skipped: for people, in the review's language.
  std::string reason;
  // The run was stopped before it came to this row: it keeps the place for the run that goes on, and counts
  // as nothing yet.
  bool is_unreached = false;

  bool has_verdict() const {
    return kind == OutcomeKind::judged || kind == OutcomeKind::cached || kind == OutcomeKind::decided;
  }
};

}  // namespace sv::domain
