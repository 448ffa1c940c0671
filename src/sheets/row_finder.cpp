#include "sheets/row_finder.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sv::sheets {

void RowFinder::expect(std::uint64_t place, RowKey key, std::uint64_t row) {
  if (place >= places_.size()) places_.resize(place + 1);
  Place& expected = places_[place];
  if (const auto there = place_at_.find(expected.row); there != place_at_.end() && there->second == place) {
    place_at_.erase(there);
  }
  expected = {.key = std::move(key), .row = row};
  place_at_[row] = place;
}

void RowFinder::look(std::vector<RowKey> rows) {
  rows_ = std::move(rows);
  if (stands_as_expected()) return;
  std::unordered_map<std::string_view, Group> groups;
  for (std::uint64_t place = 0; place < places_.size(); ++place) {
    if (!places_[place].key.anchor.empty()) groups[places_[place].key.anchor].places.push_back(place);
  }
  for (std::uint64_t row = 0; row < rows_.size(); ++row) {
    const auto group = groups.find(rows_[row].anchor);
    if (group != groups.end()) group->second.rows.push_back(row);
  }
  place_at_.clear();
  for (auto& [anchor, group] : groups) match(group);
}

std::optional<std::uint64_t> RowFinder::row_of(std::uint64_t place) const {
  if (place >= places_.size() || places_[place].row == kNowhere) return std::nullopt;
  return places_[place].row;
}

std::optional<std::uint64_t> RowFinder::place_at(std::uint64_t row) const {
  const auto found = place_at_.find(row);
  return found == place_at_.end() ? std::nullopt : std::optional(found->second);
}

// Nobody has moved anything: then each row is where it was, also where keys do not tell rows apart.
bool RowFinder::stands_as_expected() const {
  return std::ranges::all_of(places_, [&](const Place& place) {
    return place.key.anchor.empty() ||
           (place.row < rows_.size() && rows_[place.row].anchor == place.key.anchor &&
            rows_[place.row].number == place.key.number);
  });
}

void RowFinder::match(Group& group) {
  std::vector<std::uint64_t> places;
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> rows_by_number;
  for (const std::uint64_t row : group.rows) rows_by_number[rows_[row].number].push_back(row);
  // Those that are where they were go first: a copy that somebody made is not the row itself.
  const auto take_if = [&](std::uint64_t place, std::vector<std::uint64_t>& rows, std::size_t at) {
    take(place, rows[at]);
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at));
  };
  for (const std::uint64_t place : group.places) {
    const auto rows = rows_by_number.find(places_[place].key.number);
    if (rows == rows_by_number.end()) {
      places.push_back(place);
      continue;
    }
    const auto same = std::ranges::find(rows->second, places_[place].row);
    if (same == rows->second.end()) {
      places.push_back(place);
    } else {
      take_if(place, rows->second, static_cast<std::size_t>(same - rows->second.begin()));
    }
  }
  std::vector<std::uint64_t> left;
  for (const std::uint64_t place : places) {
    const auto rows = rows_by_number.find(places_[place].key.number);
    if (rows == rows_by_number.end() || rows->second.empty()) {
      left.push_back(place);
    } else {
      take_if(place, rows->second, 0);
    }
  }
  std::vector<std::uint64_t> free;
  for (const auto& [number, rows] : rows_by_number) free.insert(free.end(), rows.begin(), rows.end());
  std::ranges::sort(free);
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (i < free.size()) {
      take(left[i], free[i]);
    } else {
      places_[left[i]].row = kNowhere;
    }
  }
}

void RowFinder::take(std::uint64_t place, std::uint64_t row) {
  places_[place].row = row;
  place_at_[row] = place;
}

}  // namespace sv::sheets
