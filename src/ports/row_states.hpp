// What is kept of the rows of a run, so that the report of the next one can tell what has changed since.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sv::ports {

enum class RowVerdict : std::uint8_t { none, valid, invalid, needs_review };

// A row as it was at the end of a run; skipped rows have none.
struct RowState {
  std::uint64_t number = 0;               // as people call it (Row::number)
  std::string identifier;                 // as it stands in the source
  std::string manager;                    // likewise
  std::string text_hash;                  // of status, comment and date: 16 hexadecimal digits
  RowVerdict verdict = RowVerdict::none;  // none: unjudged
  bool operator==(const RowState&) const = default;
};

struct RunStates {
  std::string run_id;
  WallTime started_at{};
  // Of rulebook, prompt and models: verdicts of two runs with the same one differ only because of the rows.
  std::string question;
  std::uint64_t limit = 0;     // only so many rows were looked at; 0: all
  bool is_complete = false;    // every row has its outcome
  std::vector<RowState> rows;  // in the order of the source
  bool operator==(const RunStates&) const = default;
};

}  // namespace sv::ports
