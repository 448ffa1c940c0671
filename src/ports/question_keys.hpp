// Tells the engine the answer keys of a row, without telling it what a question looks like.
#pragma once

#include "domain/answer.hpp"
#include "domain/row.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace sv::ports {

// Immutable.
class QuestionKeys {
 public:
  virtual ~QuestionKeys() = default;
  // Appends keys_per_row() keys: one per provider, in priority order.
  virtual void append_keys(const domain::Row& row, std::vector<domain::AnswerKey>& out) const = 0;
  virtual std::size_t keys_per_row() const = 0;
  // Which of them an answer of this provider (Answer::provider) belongs to.
  virtual std::size_t index_of(std::string_view provider) const = 0;
};

}  // namespace sv::ports
