// OpenAI's Files and Batches over HTTP: every call with a deadline and a cap on its reply, every failure a
// value. What only looks is repeated after failures on the way, with the back-off of one retry policy; an
// upload and a creation are not.
//
//   upload(file) ─▶ create(file, label) ─▶ look(batch) … ─▶ download(output), download(error)
//                          │ no reply: was it created?
//                          └─▶ find(label) among those that there are, and only then create() again
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "limits/retry_policy.hpp"
#include "llm/batch_file.hpp"
#include "llm/provider_address.hpp"
#include "ports/http_transport.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::llm {

// Names a batch of ours among all of an account: it stands in the batch's metadata.
struct BatchLabel {
  std::string run_id;
  std::uint64_t part = 0;  // from 1
  bool operator==(const BatchLabel&) const = default;
};

enum class BatchProgress : std::uint8_t {
  in_work,    // validating, in_progress, finalizing, cancelling
  completed,  // and these have ended
  failed,
  expired,
  cancelled,
};

// As providers call it; "in_work" for what has not ended.
std::string_view to_string(BatchProgress progress);

struct BatchStatus {
  std::string id;
  std::string status;  // in the provider's word
  BatchProgress progress = BatchProgress::in_work;
  std::uint64_t total = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::string output_file_id;  // empty: none
  std::string error_file_id;
  // Of a batch that failed: its first error, made safe to show.
  std::string error_code;
  std::string error_message;
  std::int64_t created_at = 0;  // Unix seconds
  std::optional<BatchLabel> label;
};

struct BatchApiOptions {
  Duration call_timeout = std::chrono::seconds(60);
  Duration file_timeout = std::chrono::minutes(15);
  // 50,000 answers of 5 KB each.
  std::size_t max_file_bytes = std::size_t{256} << 20U;
  limits::RetryLimits retries = {};
};

// One thread. Everything outlives it. Errors besides those of HttpTransport: what the provider said, by the
// kinds of classify_error(); protocol for a reply that is none.
class BatchApi {
 public:
  BatchApi(const AddressDetails& address, ports::HttpTransport& transport, Clock& clock, Random& random,
           BatchApiOptions options = {});

  // The id of the file. Sent once: whoever wants it sent again builds it again, so that a file of 200 MB is
  // never held twice. (A file that is there twice costs nothing.)
  boost::asio::awaitable<Result<std::string>> upload(BatchFile file);
  // Once, whatever happens to the reply: after a failure on the way the caller looks with find().
  boost::asio::awaitable<Result<BatchStatus>> create(std::string file_id, BatchLabel label);
  // The newest batch with this label; nothing: there is none that was created at `since` or later. An error
  // means that nobody knows.
  boost::asio::awaitable<Result<std::optional<BatchStatus>>> find(BatchLabel label, WallTime since);
  boost::asio::awaitable<Result<BatchStatus>> look(std::string batch_id);
  boost::asio::awaitable<Result<BatchStatus>> cancel(std::string batch_id);
  boost::asio::awaitable<Result<std::string>> download(std::string file_id);
  // The ids of the account's batch input files whose name begins with `name`: as far as the provider lists
  // them.
  boost::asio::awaitable<Result<std::vector<std::string>>> files_named(std::string name);
  // Sent once: a file that stays expires.
  boost::asio::awaitable<Result<void>> remove(std::string file_id);

 private:
  // Sends once. An HTTP status other than 200 is an error here.
  boost::asio::awaitable<Result<std::string>> send_once(ports::HttpRequest request, Duration timeout);
  // Repeats as the retry policy says. `request` keeps its body.
  boost::asio::awaitable<Result<std::string>> send(ports::HttpRequest request, Duration timeout);
  ports::HttpRequest request_to(std::string_view method, std::string_view path,
                                std::string_view query = {}) const;

  AddressDetails address_;
  ports::HttpTransport& transport_;
  Clock& clock_;
  Random& random_;
  BatchApiOptions options_;
};

// How long to wait before the n-th look (from 0) at a batch that is in work: 50 ms, doubled each time up to a
// minute.
Duration poll_delay(std::uint32_t look);

}  // namespace sv::llm
