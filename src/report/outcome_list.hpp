// The rows that a person must look at, for the note at the end of a run.
#pragma once

#include "ports/run_observer.hpp"
#include "words/phrasebook.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sv::report {

// Keeps the first 20 (by row number, whatever the order in which they finish) of the unjudged rows and of the
// skipped ones, and counts the others. Event-loop thread.
class OutcomeList final : public ports::RunObserver {
 public:
  static constexpr std::size_t kShown = 20;

  void on_row_finished(const domain::Outcome& outcome) override;

  // Lines for standard error, empty when there is nothing to tell:
  //
  //   37 rows could not be judged:
  //     row  7  Ferry terminal  the provider refused the key (401)
  //     row 12  Bridge          the provider refused the key (401)
  //     … and 35 more
  //
  // Identifiers and reasons are made safe for terminals; lines are cut to `columns`, 0: never.
  std::string render(const words::Phrasebook& phrasebook, std::size_t columns) const;

  std::uint64_t unjudged() const { return unjudged_.total; }
  std::uint64_t skipped() const { return skipped_.total; }

 private:
  struct Item {
    std::uint64_t number = 0;
    std::string identifier;
    std::string reason;
  };
  struct List {
    std::uint64_t total = 0;
    std::vector<Item> first;  // sorted by number
    void add(const domain::Outcome& outcome);
  };

  List unjudged_;
  List skipped_;
};

}  // namespace sv::report
