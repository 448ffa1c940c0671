// Where each row's outcome goes in the target: decided before the first request, so that outcomes can be
// written in any order, and again, and still end in source order.
//
//   source      target before       places
//   A (1st)     0  B                 B → 0            a row of the same identifier keeps its place
//   B           1  A                 A (1st) → 1      the n-th in the source belongs to the n-th in the
//   target A (2nd)     2  X                 X stays          nobody of the source claims it: kept as it is C
//   A (2nd) → 3      new rows follow, in source order
//                                    C → 4
//
// Identifiers are compared trimmed and without regard to case, as the Python original does.
//
// Source and target are read side by side, so what is held in memory are the identifiers that have not met
// their partner yet: few when both are in about the same order, all of one side in the worst case. Pairs are
// kept as runs (rows 5-900 → places 3-898), a few bytes for the usual sheet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace sv::engine {

// Immutable once built. Ask in rising order of rows: a cursor makes each answer cheap.
class Placement {
 public:
  struct Place {
    std::uint64_t place = 0;
    bool is_new = true;           // no row of the target had this identifier
    bool must_ask_again = false;  // --checkdate: the partner's check date is too old, or there is no partner
  };

  // `row` has a place (it is not skipped). Rows must be asked for in rising order; rewind() starts over.
  Place place_of(std::uint64_t row);
  void rewind() { cursor_ = 0; }

  // How many rows the target will have.
  std::uint64_t places() const { return places_; }
  std::uint64_t existing_rows() const { return existing_rows_; }

 private:
  friend class PlacementBuilder;
  struct Run {
    std::uint64_t row_begin = 0;
    std::uint64_t place_begin = 0;
    std::uint64_t count = 0;
    bool is_new = true;
    bool must_ask_again = false;
  };

  std::vector<Run> runs_;  // by row_begin
  std::size_t cursor_ = 0;
  std::uint64_t places_ = 0;
  std::uint64_t existing_rows_ = 0;
};

// Feed both sides in their order, alternating as you like, then build().
class PlacementBuilder {
 public:
  // `must_ask_new`: what Place::must_ask_again is for new rows.
  explicit PlacementBuilder(bool must_ask_new) : must_ask_new_(must_ask_new) {}

  void add_source_row(std::uint64_t row, std::string_view identifier);
  // Rows without an identifier there are nobody's partner.
  void add_existing_row(std::uint64_t place, std::string_view identifier, bool must_ask_again);
  // For sources without identifiers: the row keeps its number as its place, and the target is replaced.
  // `has_existing` tells whether the target has a row there now.
  void add_row_in_order(std::uint64_t row, bool has_existing, bool must_ask_again);
  // No further existing row comes: source rows that nobody waits for are new at once and need no memory.
  void end_existing();
  Placement build();

  // An identifier of several source rows, as it is written there; empty when there is none. The first 16,384
  // different identifiers are watched, which bounds the memory; beyond, a repetition may go unnoticed here
  // (never in the placement).
  const std::string& repeated_identifier() const { return repeated_identifier_; }
  std::uint64_t repeated_rows() const { return repeated_rows_; }

 private:
  struct ExistingPlace {
    std::uint64_t place = 0;
    bool must_ask_again = false;
  };
  void pair(std::uint64_t row, ExistingPlace existing);
  void add_new(std::uint64_t row);
  void watch_repetition(const std::string& folded, std::string_view identifier);

  std::unordered_map<std::string, std::deque<std::uint64_t>> waiting_rows_;
  std::unordered_map<std::string, std::deque<ExistingPlace>> waiting_places_;
  std::vector<Placement::Run> runs_;
  std::unordered_set<std::size_t> seen_;  // hash of the folded identifier
  std::string repeated_identifier_;
  std::uint64_t repeated_rows_ = 0;
  std::uint64_t existing_rows_ = 0;
  std::uint64_t in_order_rows_ = 0;
  bool is_existing_at_end_ = false;
  bool must_ask_new_;
};

}  // namespace sv::engine
