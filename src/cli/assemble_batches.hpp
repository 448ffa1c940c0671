// The Batch API of a run's first provider.
#pragma once

#include "base/random.hpp"
#include "base/stop_signal.hpp"
#include "cli/arguments.hpp"
#include "config/settings.hpp"
#include "cost/spending_limit.hpp"
#include "http/curl_transport.hpp"
#include "llm/batch_client.hpp"
#include "store/run_journal_file.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace sv::cli {

// Everything outlives it.
struct BatchContext {
  boost::asio::any_io_executor executor;
  const config::Settings& settings;
  const RunArguments& arguments;
  llm::OpenAiClient& openai;
  store::RunJournalFile& journal;
  ports::RunObserver& observer;
  cost::SpendingLimit& spending;
  Clock& clock;
  Random& random;
  StopSignal& stop;
};

class BatchAssembly {
 public:
  explicit BatchAssembly(const BatchContext& context);
  BatchAssembly(const BatchAssembly&) = delete;
  BatchAssembly& operator=(const BatchAssembly&) = delete;

  ports::BatchJudge& judge() { return client_; }

 private:
  http::CurlTransport transport_;
  llm::BatchApi api_;
  llm::BatchClient client_;
};

}  // namespace sv::cli
