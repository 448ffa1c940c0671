// What a run does with the Batch API, written down before each step: a batch is paid for, and a process that
// dies at any point must not make a second one for the same rows.
//
//   planned ─▶ uploaded ─▶ creating ─▶ created ─▶ ended
//
// Until `creating` nothing can have been bought; from then on a batch may exist under the label of this run
// and part, whatever became of the process.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/money.hpp"
#include "domain/usage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::ports {

enum class BatchStage : std::uint8_t { planned, uploaded, creating, created, ended };

// As in journals.
constexpr std::string_view to_string(BatchStage stage) {
  switch (stage) {
    case BatchStage::planned:
      return "planned";
    case BatchStage::uploaded:
      return "uploaded";
    case BatchStage::creating:
      return "creating";
    case BatchStage::created:
      return "created";
    case BatchStage::ended:
      return "ended";
  }
  return "unknown";
}

// The outcome of a part whose batch never was.
inline constexpr std::string_view kVoidBatch = "void";

struct BatchNote {
  std::uint64_t part = 0;  // from 1 within a run, on over its interruptions
  BatchStage stage = BatchStage::planned;
  std::string provider = {};
  std::string id = {};  // uploaded: of the file; created: of the batch
  // Planned: the questions by the first 16 hexadecimal digits of their keys, and the most that they can cost.
  std::vector<std::string> keys = {};
  std::optional<domain::Money> reserved = std::nullopt;
  // Ended: how ("completed", "expired", …, kVoidBatch), and what it has cost.
  std::string outcome = {};
  std::uint64_t answers = 0;
  domain::Usage usage = {};
  std::optional<domain::Money> cost = std::nullopt;
  bool operator==(const BatchNote&) const = default;
};

// A part that has not ended.
struct OpenBatch {
  std::uint64_t part = 0;
  BatchStage stage = BatchStage::planned;
  std::string provider = {};
  std::string file_id = {};   // of the input; empty: not known (yet)
  std::string batch_id = {};  // likewise
  WallTime planned_at{};
  std::vector<std::string> keys = {};
  std::optional<domain::Money> reserved = std::nullopt;
};

class BatchJournal {
 public:
  virtual ~BatchJournal() = default;
  // Durable when it returns, whatever happens to process or machine. An error means that the step must not be
  // taken.
  virtual Result<void> note_batch(const BatchNote& note) = 0;
  // What earlier processes of this run have left, by part.
  virtual const std::vector<OpenBatch>& open_batches() const = 0;
  // The highest number that was given to a part; 0: none.
  virtual std::uint64_t last_part() const = 0;
};

}  // namespace sv::ports
