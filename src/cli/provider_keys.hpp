// The answer keys of prompt/ as the engine's port: one key per provider, in priority order.
#pragma once

#include "ports/question_keys.hpp"
#include "prompt/answer_key.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sv::cli {

class ProviderKeys final : public ports::QuestionKeys {
 public:
  ProviderKeys(prompt::AnswerKeys keys, std::vector<std::string> providers)
      : keys_(std::move(keys)), providers_(std::move(providers)) {}

  void append_keys(const domain::Row& row, std::vector<domain::AnswerKey>& out) const override {
    keys_.append_keys(row, out);
  }
  std::size_t keys_per_row() const override { return keys_.per_row(); }
  std::size_t index_of(std::string_view provider) const override {
    const auto found = std::ranges::find(providers_, provider);
    return found == providers_.end() ? 0 : static_cast<std::size_t>(found - providers_.begin());
  }

 private:
  prompt::AnswerKeys keys_;
  std::vector<std::string> providers_;
};

}  // namespace sv::cli
