// Identical rows of one run are one question: the first row that asks it leads, the others follow and share
// what becomes of it. A question is open from before its look-up in the answer cache until after its commit,
// so that an identical row meets either the open question or the committed answer, never the gap between.
#pragma once

#include "domain/answer.hpp"
#include "domain/row.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sv::engine {

struct PlacedRow {
  domain::Row row;
  std::uint64_t place = 0;
  bool is_new = true;  // the target has no row at this place yet
};

// The exact question (its key at the first provider), and whether old answers count.
struct QuestionId {
  domain::AnswerKey key{};
  bool must_ask = false;
  bool operator==(const QuestionId&) const = default;
};

class SharedQuestions {
 public:
  // True: nobody asks it yet, the caller leads. False: `row` has been taken over as a follower.
  bool lead_or_follow(const QuestionId& id, PlacedRow& row) {
    const auto [entry, is_new] = open_.try_emplace(id);
    if (!is_new) entry->second.push_back(std::move(row));
    return is_new;
  }

  // Ends the question and gives its followers, in the order in which they came.
  std::vector<PlacedRow> close(const QuestionId& id) {
    const auto entry = open_.find(id);
    if (entry == open_.end()) return {};
    std::vector<PlacedRow> followers = std::move(entry->second);
    open_.erase(entry);
    return followers;
  }

  std::size_t open() const { return open_.size(); }

 private:
  // Keys are hashes already: their first bytes are as good as any.
  struct Hash {
    std::size_t operator()(const QuestionId& id) const {
      std::size_t value = id.must_ask ? 1 : 0;
      for (std::size_t i = 0; i < sizeof(value); ++i) value = (value << 8U) ^ (value >> 56U) ^ id.key[i];
      return value;
    }
  };
  std::unordered_map<QuestionId, std::vector<PlacedRow>, Hash> open_;
};

}  // namespace sv::engine
