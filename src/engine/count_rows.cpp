#include "engine/count_rows.hpp"

#include "checks/after_model.hpp"
#include "engine/place_rows.hpp"

#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace sv::engine {

namespace {

constexpr std::size_t kRowsAtOnce = 256;

}  // namespace

boost::asio::awaitable<Result<RowCounts>> count_rows(CountContext context,
                                                     std::function<void(const domain::Row&)> asked) {
  RowCounts counts;
  std::optional<PlacedRows> placed;
  if (context.target != nullptr) {
    Result<PlacedRows> found = co_await place_rows(context.source, *context.target, context.today);
    if (!found) co_return std::unexpected(std::move(found.error()));
    placed = std::move(*found);
    const Result<void> rewound = co_await context.source.rewind();
    if (!rewound) co_return std::unexpected(rewound.error());
  }
  const domain::MappedColumns columns = context.source.columns();
  const std::size_t keys_per_row = context.keys.keys_per_row();
  std::set<domain::AnswerKey> questions;
  for (;;) {
    const Result<std::vector<domain::Row>> rows = co_await context.source.read(kRowsAtOnce);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return counts;
    counts.rows += rows->size();
    std::vector<const domain::Row*> wanted;
    ports::AnswerLookups lookups;
    lookups.keys_per_row = keys_per_row;
    for (const domain::Row& row : *rows) {
      if (is_skipped(row, columns)) {
        ++counts.skipped;
        continue;
      }
      if (context.rulebook != nullptr &&
          checks::is_decided_by_code(row, *context.rulebook,
                                     {.today = context.today, .unchanged_since = {}})) {
        ++counts.decided;
        continue;
      }
      const bool is_due = placed && placed->placement.place_of(row.index).must_ask_again;
      context.keys.append_keys(row, lookups.keys);
      lookups.this_run_only.push_back(context.must_ask_all || is_due);
      wanted.push_back(&row);
    }
    const std::vector<domain::AnswerKey> keys = lookups.keys;
    const auto answers = co_await context.cache.find(std::move(lookups));
    if (!answers) co_return std::unexpected(answers.error());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if ((*answers)[i] != nullptr) {
        ++counts.cached;
      } else if (!questions.insert(keys[i * keys_per_row]).second) {
        ++counts.duplicates;
      } else {
        ++counts.to_ask;
        asked(*wanted[i]);
      }
    }
  }
}

}  // namespace sv::engine
