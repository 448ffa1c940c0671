// What is known of the runs that there were: for `status`, `resume`, `retry`, `explain` and
// `report`.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/money.hpp"
#include "domain/usage.hpp"
#include "ports/batch_journal.hpp"
#include "ports/row_states.hpp"
#include "ports/run_journal.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::ports {

// A run as its journal has it; what can change between its processes is of the last one.
struct RunRecord {
  std::string path;    // of the journal
  std::string run_id;  // "20261125-093000-1f0c9a2b": UTC, and a random part
  WallTime started_at{};
  WallTime last_started_at{};          // when the last of its processes began
  std::string source;                  // as people named it
  std::string target;                  // likewise; empty: nothing was to be written
  std::string fingerprint;             // runs with the same one are the same job
  std::string directory;               // in which it was started,
  std::vector<std::string> arguments;  // and how; never holds a key
  std::optional<WallTime> deadline;    // by when it must be over, if it was given one
  std::string holder;                  // who works on it now, in words; empty: nobody
  std::uint64_t processes = 0;         // that worked on it
  std::uint64_t rows = 0;
  RunProgress progress;
  std::optional<RunEnd> end;  // empty: it goes on (there is a holder), or it was killed
  std::optional<WallTime> ended_at;
  std::uint64_t requests = 0;  // sent, or on the point of being sent
  std::uint64_t answers = 0;   // of them: with a usable answer
  std::uint64_t failures = 0;  // of them: without
  domain::Costs cost;          // of the requests and batches whose price is known
  // What a limit of the run's money counts: costs, and all that was reserved for requests without a known
  // end. What is held for open batches comes on top.
  domain::Costs charged;
  std::vector<OpenBatch> open_batches;  // under way at the provider, as far as is known
  std::uint64_t last_batch = 0;         // the highest number of a part
  std::uint64_t batch_rows = 0;         // in batches that have ended
  domain::Usage batch_usage;            // of these
  std::uint64_t damaged_lines = 0;

  // Requests of which nobody knows what became: paid for perhaps, lost for certain.
  std::uint64_t open_requests() const { return requests - answers - failures; }
  bool is_finished() const { return end == RunEnd::finished; }
};

// One request about a row.
struct RequestRecord {
  RequestNumber number = 0;
  std::uint64_t row_number = 0;
  std::string key;  // the first 16 hexadecimal digits of the answer key
  std::string provider;
  std::string model;
  WallTime sent_at{};
  bool has_ended = false;  // what follows is known
  std::string error;       // the name of an ErrorKind; empty: a usable answer
  int http_status = 0;
  std::chrono::milliseconds latency{};
  domain::Usage usage;
  std::optional<domain::Money> cost;
};

class RunHistory {
 public:
  virtual ~RunHistory() = default;
  // The latest first. Journals that cannot be read are left out.
  virtual std::vector<RunRecord> runs(std::size_t max) const = 0;
  // About the row, or about another one with the same question: `key` in hexadecimal, whole or its beginning;
  // empty: not known. In the order in which they were sent.
  virtual Result<std::vector<RequestRecord>> requests_of(const RunRecord& run, std::uint64_t row_number,
                                                         std::string_view key) const = 0;
  // One run by the path of its journal. Errors: not_found, permission_denied, io.
  virtual Result<RunRecord> run_at(const std::string& path) const = 0;
  // Every request of the run once, as it ends; those without a known end come last.
  virtual Result<void> each_request(const RunRecord& run,
                                    const std::function<void(const RequestRecord&)>& take) const = 0;
  // The rows as that run left them; nothing when they were not kept or are damaged.
  virtual std::optional<RunStates> states_of(const RunRecord& run) const = 0;
  // Those of the latest earlier run of the same target that gave verdicts, and looked at all rows, or at the
  // same first `limit` ones; nothing when there is none.
  virtual std::optional<RunStates> states_before(const RunRecord& run, std::uint64_t limit) const = 0;
};

}  // namespace sv::ports
