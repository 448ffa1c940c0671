// The simulated provider's Files and Batches (reference/openai-api.md section 10): a request in, a reply out;
// time is passed in, nothing is read from outside.
//
//   POST …/files  GET …/files[?limit&after&order&purpose]  GET|DELETE …/files/ID  GET …/files/ID/content
//   POST …/batches  GET …/batches[?limit&after]  GET …/batches/ID  POST …/batches/ID/cancel
//
// The lines of a batch are judged by the LlmModel that also answers online, so that the answers are the same.
// Memory is bounded: files by BatchOptions::max_stored_bytes (outputs of batches that were accepted come on
// top), batches that have not ended by the same, 10,000 batches in all.
#pragma once

#include "sim/api_request.hpp"
#include "sim/batch_job.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sim {

// Requests whose body may be as large as a file.
bool is_upload(std::string_view method, std::string_view target);

class BatchModel {
 public:
  // `model` outlives it.
  BatchModel(BatchOptions options, LlmModel& model);

  // Nothing when the path is none of the above. Takes the request's body.
  std::optional<ModelReply> answer(ApiRequest& request, TimePoint now, WallTime wall_now);
  void reset();

  const BatchOptions& options() const { return options_; }

 private:
  struct Moment {
    TimePoint now;
    WallTime wall;
    std::int64_t unix_seconds() const {
      return std::chrono::floor<std::chrono::seconds>(wall).time_since_epoch().count();
    }
  };

  void move_on(const Moment& moment);
  ModelReply answer_files(ApiRequest& request, std::string_view rest, std::string_view query,
                          const Moment& moment);
  ModelReply answer_batches(ApiRequest& request, std::string_view rest, std::string_view query,
                            const Moment& moment);
  ModelReply upload(ApiRequest& request, const Moment& moment);
  ModelReply list_files(std::string_view query) const;
  ModelReply create(const std::string& body, const Moment& moment);
  ModelReply list_batches(std::string_view query) const;
  BatchJob* find_job(std::string_view id);
  ModelReply not_allowed(const ApiRequest& request) const;
  std::size_t bytes_kept() const;

  BatchOptions options_;
  LlmModel& model_;
  FileStore files_;
  BatchWorld world_;
  std::uint64_t creations_ = 0;
  std::vector<BatchJob> jobs_;  // by creation
};

}  // namespace sv::sim
