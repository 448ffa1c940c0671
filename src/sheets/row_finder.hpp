// Where the rows of a review are now. People sort, insert and delete rows of a sheet while a run goes on;
// rows are found again by what names them.
//
//   anchor   the project's name (or the source's address, where there are no names): written once, when the
//            row is made, and never by a review
//   number   the source's row: written with every review, so it tells which review the row holds
//
// A row whose number is another row's was hit by a write that people's change had overtaken: its anchor still
// says whose it is, and it is written again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sv::sheets {

struct RowKey {
  std::string anchor;        // folded for comparing; empty: the row has no name and cannot be found
  std::uint64_t number = 0;  // 0: none
  bool operator==(const RowKey&) const = default;
};

class RowFinder {
 public:
  // Expects the row of `place` at `row` (from 0). Places may be told in any order, and again.
  void expect(std::uint64_t place, RowKey key, std::uint64_t row);

  // The sheet as it is: the key of each row from the first. All of a place's rows of the same anchor are told
  // apart by their numbers, then by where they were expected, then by their order.
  void look(std::vector<RowKey> rows);

  // Where the place's row is, going by the last look; nothing: it has gone.
  std::optional<std::uint64_t> row_of(std::uint64_t place) const;
  // Whose row it is; nothing: nobody's of ours.
  std::optional<std::uint64_t> place_at(std::uint64_t row) const;

  const RowKey& key_of(std::uint64_t place) const { return places_[place].key; }
  // Of the last look.
  const std::vector<RowKey>& rows() const { return rows_; }
  std::uint64_t places() const { return places_.size(); }

 private:
  static constexpr std::uint64_t kNowhere = UINT64_MAX;
  struct Place {
    RowKey key;
    std::uint64_t row = kNowhere;
  };
  struct Group {
    std::vector<std::uint64_t> places;
    std::vector<std::uint64_t> rows;
  };
  bool stands_as_expected() const;
  void match(Group& group);
  void take(std::uint64_t place, std::uint64_t row);

  std::vector<Place> places_;
  std::vector<RowKey> rows_;
  std::unordered_map<std::uint64_t, std::uint64_t> place_at_;  // by row
};

}  // namespace sv::sheets
