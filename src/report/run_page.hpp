// What the report tells of a run besides its rows.
#pragma once

#include "base/time.hpp"
#include "domain/language.hpp"
#include "domain/row.hpp"
#include "ports/row_states.hpp"
#include "ports/run_history.hpp"
#include "report/request_figures.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sv::report {

// The run to compare with.
struct EarlierRun {
  std::string run_id;
  WallTime started_at{};
  bool asked_the_same = false;  // same rulebook, prompt and models
  std::vector<ports::RowState> gone;
};

// What a page that is made later cannot tell, with a number of rows where one belongs to it. Their words are
// in page/10-texts.js.
enum class Gap : std::uint8_t {
  waits,          // what rows waited for: only the run itself sees it
  rows_changed,   // rows of the source that are not what they were
  rows_gone,      // rows of the run that the source does not have any more
  verdicts_lost,  // rows whose answer is not in the cache: the verdict may be known, its reasons are not
  reasons_lost,   // unjudged rows of which only the last request's error is known
  states_lost,    // nothing was kept of the rows: changes in the source go unnoticed
  requests_lost,  // damaged lines of the journal
  rows_left_out,  // more rows than a page can hold
};
struct GapCount {
  Gap gap = Gap::waits;
  std::uint64_t count = 0;
};

struct RowCounts {
  std::uint64_t rows = 0;
  std::uint64_t judged = 0;
  std::uint64_t cached = 0;
  std::uint64_t decided = 0;
  std::uint64_t unjudged = 0;
  std::uint64_t skipped = 0;
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  std::uint64_t needs_review = 0;
};

struct RunPage {
  domain::Language language = domain::Language::english;
  std::string program;  // and its version
  WallTime made_at{};
  bool is_made_later = false;  // from journal, cache and source
  ports::RunRecord run;
  std::string stopped_because;  // a limit, an error; empty: see run.end
  std::string row_link;         // with a row's number behind it: its address; empty: it has none
  domain::MappedColumns columns;
  RowCounts counts;
  // What of the settings is worth knowing, never a secret; and what tells one job from another.
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<std::pair<std::string, std::string>> hashes;
  std::string rules_text;
  std::vector<GapCount> gaps;
  std::optional<EarlierRun> earlier;
};

// One JSON object. `waits`: sampled while the run went on; null when nobody did.
std::string run_page_json(const RunPage& page, const RequestFigures& figures, const TimeLine* waits);

}  // namespace sv::report
