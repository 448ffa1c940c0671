// The address of an answer: a hash of the exact question.
//
//   provider part = SHA-256( rulebook revision, base URL, model, parameters )       once per run
//   row part      = SHA-256( status, comment [, completion date] )                  once per row, as it is
//   sent key           = SHA-256( provider part, row part )                              once per row and
//   provider
//
// Every field is preceded by its length, so that texts cannot flow from one into the next. Any byte that
// changes the question changes the key. Nothing else does: not the row's number, identifier or manager, not
// the mark, not the provider's name, key or retries. Today's date is left out on purpose although it is told
// to the model: an answer is dated (`answered_at`, `Check date`) and stays good until the row or the rules
// change; `--checkdate` asks again about rows that were checked before this week. With the date in the key
// every run on a new day would pay for every row.
#pragma once

#include "base/hash.hpp"
#include "domain/answer.hpp"
#include "domain/row.hpp"
#include "prompt/question.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace sv::prompt {

// Who is asked and how, as far as it can change the answer.
struct ModelIdentity {
  std::string base_url;
  std::string model;
  std::string parameters;  // temperature, reasoning, …, in any fixed form; not the completion cap
};

// Immutable after construction: may be shared between threads.
class AnswerKeys {
 public:
  AnswerKeys(const QuestionBuilder& question, const std::vector<ModelIdentity>& models);

  // Appends one key per model, in the order of the models.
  void append_keys(const domain::Row& row, std::vector<domain::AnswerKey>& out) const;
  // The key of one model (its index in the list).
  domain::AnswerKey key(const domain::Row& row, std::size_t model) const;

  std::size_t per_row() const { return provider_parts_.size(); }

 private:
  Sha256Digest row_part(const domain::Row& row) const;

  bool sends_completion_date_;
  domain::Redaction redaction_;
  std::vector<Sha256Digest> provider_parts_;
};

}  // namespace sv::prompt
