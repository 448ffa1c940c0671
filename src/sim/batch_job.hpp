// One job of the simulated Batch API, moved on by the time that is passed in.
//
//   validating ──▶ in_progress ──▶ finalizing ──▶ completed
//       │               ├─ window over ─────────▶ expired     what is done is in the output file, the rest in
//       ▼               │                                     the error file as batch_expired
//     failed      cancel() in any of the three ─▶ cancelling ──▶ cancelled   what is done is in the output
//     file
//
// Validation takes 5 % of the completion time, finalizing 5 %, cancelling 5 % (at most 10 min). Lines are
// done in a shuffled order, which is that of the output file, and only when somebody looks: time costs
// nothing.
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "sim/batch_input.hpp"
#include "sim/batch_options.hpp"
#include "sim/file_store.hpp"
#include "sim/llm_model.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

enum class BatchState : std::uint8_t {
  validating,
  failed,
  in_progress,
  finalizing,
  completed,
  expired,
  cancelling,
  cancelled,
};
std::string_view to_string(BatchState state);
bool has_ended(BatchState state);

// What a client asked for.
struct BatchOrder {
  std::uint64_t number = 0;  // of its creation
  std::string endpoint;
  std::string input_file_id;
  std::shared_ptr<const std::string> input;
  std::string metadata_json = "null";
};

// What the jobs of one provider share.
struct BatchWorld {
  LlmModel& model;
  FileStore& files;
  const BatchOptions& options;
  std::map<std::string, std::uint64_t> queued_tokens;  // by model, of jobs that have not ended
};

class BatchJob {
 public:
  BatchJob(BatchOrder order, const BatchOptions& options, TimePoint now, WallTime wall_now);

  const std::string& id() const { return id_; }
  BatchState state() const { return state_; }
  // When it changes its state next by itself; nothing when it has ended.
  std::optional<TimePoint> next_change() const;
  // Makes that change.
  void change(BatchWorld& world);
  // Does the lines that are due; next_change() has not passed.
  void work(BatchWorld& world, TimePoint now);
  // False when it has ended or is being cancelled already.
  bool cancel(BatchWorld& world, TimePoint now);

  // Of the input that it works on; 0 when it has ended.
  std::size_t input_bytes() const { return order_.input ? order_.input->size() : 0; }
  const std::string& input_file_id() const { return order_.input_file_id; }
  std::string to_json() const;

 private:
  void validate(BatchWorld& world, TimePoint at);
  void do_line(BatchWorld& world, std::uint32_t index, TimePoint at);
  void end(BatchWorld& world, BatchState state, TimePoint at);
  std::size_t lines_due(TimePoint at) const;
  TimePoint window_end() const;
  std::int64_t unix_time(TimePoint at) const;
  std::string store_output(BatchWorld& world, std::string content, std::string_view what, TimePoint at) const;

  BatchOrder order_;
  std::string id_;
  BatchState state_ = BatchState::validating;
  Duration completion_time_;
  bool is_to_expire_;
  bool is_to_fail_;
  bool is_to_stick_ = false;
  TimePoint created_at_;
  WallTime created_wall_;
  // When it came into a state, for those that it was in.
  std::map<BatchState, TimePoint> since_;
  BatchInput input_;
  std::vector<std::uint32_t> order_of_work_;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;  // lines that were worked on, in order_of_work_
  std::uint64_t completed_ = 0;
  std::uint64_t failed_ = 0;
  bool holds_tokens_ = false;
  domain::Usage usage_;
  std::string output_;
  std::string errors_;
  std::string output_file_id_;  // empty: none
  std::string error_file_id_;
};

}  // namespace sv::sim
