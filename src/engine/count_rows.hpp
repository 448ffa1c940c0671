// What a run would ask about, without asking: the same keys, skipped and identical rows as a run has
// (row_judge.hpp).
#pragma once

#include "base/error.hpp"
#include "domain/row.hpp"
#include "domain/rulebook.hpp"
#include "ports/answer_cache.hpp"
#include "ports/outcome_sink.hpp"
#include "ports/question_keys.hpp"
#include "ports/row_source.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace sv::engine {

struct RowCounts {
  std::uint64_t rows = 0;        // of the source
  std::uint64_t skipped = 0;     // without an identifier
  std::uint64_t cached = 0;      // answered before
  std::uint64_t decided = 0;     // by the settings' checks, without a model
  std::uint64_t duplicates = 0;  // identical to another row that is asked about
  std::uint64_t to_ask = 0;
};

// Everything outlives the counting.
struct CountContext {
  ports::RowSource& source;
  ports::AnswerCache& cache;
  const ports::QuestionKeys& keys;
  bool must_ask_all = false;  // --force
  // --checkdate: rows whose check date in this target is due are asked about again. Null: none is.
  ports::OutcomeSink* target = nullptr;
  std::chrono::sys_days today = {};
  // Whose checks may spare the model rows. Null: none.
  const domain::Rulebook* rulebook = nullptr;
};

// `asked`: called with each row that would be asked about, in the order of the source. Memory: 32 bytes for
// each of them. Errors: of source, target and cache.
boost::asio::awaitable<Result<RowCounts>> count_rows(CountContext context,
                                                     std::function<void(const domain::Row&)> asked);

}  // namespace sv::engine
