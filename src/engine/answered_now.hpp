// Questions that this process has had answered before its run began to write (by the Batch API): their rows
// are judged and not cached, as they are when they are asked about one by one.
#pragma once

#include "domain/answer.hpp"

#include <cstddef>
#include <unordered_set>

namespace sv::engine {

class AnsweredNow {
 public:
  void insert(const domain::AnswerKey& key) { keys_.insert(key); }
  bool contains(const domain::AnswerKey& key) const { return keys_.contains(key); }

 private:
  // Keys are hashes already.
  struct Hash {
    std::size_t operator()(const domain::AnswerKey& key) const {
      std::size_t value = 0;
      for (std::size_t i = 0; i < sizeof(value); ++i) value = value << 8U | key[i];
      return value;
    }
  };
  std::unordered_set<domain::AnswerKey, Hash> keys_;
};

}  // namespace sv::engine
