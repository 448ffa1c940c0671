#include "engine/placement.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "domain/row.hpp"

#include <algorithm>
#include <functional>

namespace sv::engine {

namespace {

constexpr std::size_t kWatchedIdentifiers = 16'384;  // about 0.7 MB

template <typename T>
bool take_first(std::unordered_map<std::string, std::deque<T>>& waiting, const std::string& key, T& out) {
  const auto found = waiting.find(key);
  if (found == waiting.end()) return false;
  out = found->second.front();
  found->second.pop_front();
  if (found->second.empty()) waiting.erase(found);
  return true;
}

}  // namespace

Placement::Place Placement::place_of(std::uint64_t row) {
  while (cursor_ < runs_.size() && row >= runs_[cursor_].row_begin + runs_[cursor_].count) ++cursor_;
  SV_ASSERT(cursor_ < runs_.size() && row >= runs_[cursor_].row_begin,
            "every row that is not skipped has a place");
  const Run& run = runs_[cursor_];
  return {.place = run.place_begin + (row - run.row_begin),
          .is_new = run.is_new,
          .must_ask_again = run.must_ask_again};
}

void PlacementBuilder::add_source_row(std::uint64_t row, std::string_view identifier) {
  const std::string key = domain::folded_identifier(identifier);
  watch_repetition(key, identifier);
  ExistingPlace existing;
  if (take_first(waiting_places_, key, existing)) {
    pair(row, existing);
  } else if (is_existing_at_end_) {
    add_new(row);
  } else {
    waiting_rows_[key].push_back(row);
  }
}

void PlacementBuilder::add_existing_row(std::uint64_t place, std::string_view identifier,
                                        bool must_ask_again) {
  existing_rows_ = std::max(existing_rows_, place + 1);
  if (is_blank(identifier)) return;
  const std::string key = domain::folded_identifier(identifier);
  const ExistingPlace existing{.place = place, .must_ask_again = must_ask_again};
  std::uint64_t row = 0;
  if (take_first(waiting_rows_, key, row)) {
    pair(row, existing);
  } else {
    waiting_places_[key].push_back(existing);
  }
}

void PlacementBuilder::add_row_in_order(std::uint64_t row, bool has_existing, bool must_ask_again) {
  if (has_existing) existing_rows_ = std::max(existing_rows_, row + 1);
  pair(row, {.place = row, .must_ask_again = has_existing ? must_ask_again : must_ask_new_});
  in_order_rows_ = std::max(in_order_rows_, row + 1);
}

void PlacementBuilder::end_existing() {
  is_existing_at_end_ = true;
  for (const auto& [key, rows] : waiting_rows_) {
    for (const std::uint64_t row : rows) add_new(row);
  }
  waiting_rows_.clear();
}

Placement PlacementBuilder::build() {
  if (!is_existing_at_end_) end_existing();
  std::ranges::sort(runs_, {}, &Placement::Run::row_begin);
  Placement placement;
  placement.existing_rows_ = existing_rows_;
  std::uint64_t next_new_place = existing_rows_;
  for (Placement::Run run : runs_) {
    if (run.is_new) {
      run.place_begin = next_new_place;
      next_new_place += run.count;
    }
    if (!placement.runs_.empty()) {
      Placement::Run& last = placement.runs_.back();
      if (last.row_begin + last.count == run.row_begin && last.place_begin + last.count == run.place_begin &&
          last.is_new == run.is_new && last.must_ask_again == run.must_ask_again) {
        last.count += run.count;
        continue;
      }
    }
    placement.runs_.push_back(run);
  }
  placement.runs_.shrink_to_fit();
  placement.places_ = in_order_rows_ > 0 ? in_order_rows_ : next_new_place;
  runs_.clear();
  return placement;
}

void PlacementBuilder::pair(std::uint64_t row, ExistingPlace existing) {
  if (!runs_.empty()) {
    Placement::Run& last = runs_.back();
    if (!last.is_new && last.must_ask_again == existing.must_ask_again &&
        last.row_begin + last.count == row && last.place_begin + last.count == existing.place) {
      ++last.count;
      return;
    }
  }
  runs_.push_back({.row_begin = row,
                   .place_begin = existing.place,
                   .count = 1,
                   .is_new = false,
                   .must_ask_again = existing.must_ask_again});
}

void PlacementBuilder::add_new(std::uint64_t row) {
  if (!runs_.empty() && runs_.back().is_new && runs_.back().row_begin + runs_.back().count == row) {
    ++runs_.back().count;
    return;
  }
  // The place is known when all rows are.
  runs_.push_back(
      {.row_begin = row, .place_begin = 0, .count = 1, .is_new = true, .must_ask_again = must_ask_new_});
}

void PlacementBuilder::watch_repetition(const std::string& folded, std::string_view identifier) {
  const std::size_t hash = std::hash<std::string>{}(folded);
  if (seen_.contains(hash)) {
    ++repeated_rows_;
    if (repeated_identifier_.empty()) repeated_identifier_ = identifier;
    return;
  }
  if (seen_.size() < kWatchedIdentifiers) seen_.insert(hash);
}

}  // namespace sv::engine
