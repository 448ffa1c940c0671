// What the simulated Batch API does to its jobs, by plan.
#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <set>

namespace sv::sim {

struct BatchOptions {
  // From the creation to the end of a batch that has no other fate; its lines are done evenly within it.
  Duration completion_time{};
  // Of the lines: an error (500 and 429 in turn) instead of an answer, by seed, batch and line.
  double line_error_share = 0;
  std::uint64_t seed = 1;
  // Of input tokens in batches that have not ended, for each model; 0: no limit. What exceeds it fails.
  std::uint64_t queue_tokens = 0;
  // Batches by the number of their creation, from 1; a creation that is refused has a number too.
  std::set<std::uint64_t> expire;  // half of the lines, then nothing until completion_time ends it as expired
  std::set<std::uint64_t> fail;    // token_limit_exceeded
  std::set<std::uint64_t> refuse;  // the POST is answered 429: too many batches an hour
  std::set<std::uint64_t> stick;   // cancelled, they are `cancelling` until completion_time
  std::set<std::uint64_t> lose;    // created, but the connection is closed without the reply
  // OpenAI's bounds, and ours of memory: files beyond it are refused.
  std::size_t max_lines = 50'000;
  std::size_t max_file_bytes = 209'715'200;
  std::size_t max_stored_bytes = std::size_t{1} << 30U;
};

}  // namespace sv::sim
