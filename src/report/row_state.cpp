#include "report/row_state.hpp"

#include "base/hash.hpp"

#include <span>

namespace sv::report {

namespace {
constexpr std::size_t kHashBytes = 8;
}  // namespace

ports::RowVerdict verdict_of(const domain::Outcome& outcome) {
  if (!outcome.has_verdict()) return ports::RowVerdict::none;
  if (outcome.verdict.needs_review) return ports::RowVerdict::needs_review;
  return outcome.verdict.is_valid ? ports::RowVerdict::valid : ports::RowVerdict::invalid;
}

ports::RowState state_of(const domain::Outcome& outcome) {
  const domain::Row& row = outcome.row;
  FieldHasher hasher;
  hasher.add(row.status).add(row.comment).add(row.completion_date);
  const Sha256Digest digest = hasher.finish();
  return {.number = row.number,
          .identifier = row.identifier,
          .manager = row.project_manager,
          .text_hash = to_hex(std::span(digest).first<kHashBytes>()),
          .verdict = verdict_of(outcome)};
}

}  // namespace sv::report
