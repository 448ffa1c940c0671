// Puts a run together: the only place that names concrete classes.
#pragma once

#include "base/clock.hpp"
#include "base/stop_signal.hpp"
#include "base/time.hpp"
#include "cli/arguments.hpp"
#include "config/settings.hpp"
#include "domain/limits_now.hpp"
#include "domain/row.hpp"
#include "engine/batch_deadline.hpp"
#include "engine/run.hpp"
#include "ports/batch_judge.hpp"
#include "ports/run_observer.hpp"
#include "report/outlook_line.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::cli {

// What those who tell of the run later have to know of it.
struct RunFacts {
  std::string run_id;
  std::string journal_path;
  WallTime started_at{};
  std::string question;  // question_identity() of assemble_report_file.hpp
  std::string row_link;  // with a row's number behind it: its address; empty: it has none
  domain::MappedColumns columns;
};

// A run that is ready to start. Destroy it before the executor's context.
class Assembly {
 public:
  virtual ~Assembly() = default;
  virtual engine::RunContext context() = 0;
  virtual engine::RunOptions options() const = 0;
  // The Batch API, when the run is to use it or has batches under way there; null: it has not.
  virtual ports::BatchJudge* batches() = 0;
  // By when the run's batches must be over; nothing: whenever.
  virtual std::optional<engine::BatchDeadline> deadline() = 0;
  // What the run is about to ask, and what that is expected to cost; reads the source once, and rewinds it.
  // Rows that --checkdate asks again about are not in it.
  virtual boost::asio::awaitable<Result<report::Outlook>> outlook() = 0;
  // Things to say before the first request. More may come while rows are read: ask again at the end.
  virtual std::vector<std::string> warnings() const = 0;
  // Questions that had to be asked again because a crash had taken their answers.
  virtual std::uint64_t repeated_questions() const = 0;
  // How the providers' limits are used at the moment, and what rows wait for; in priority order.
  virtual std::vector<domain::ProviderLimits> limits_now() const = 0;
  virtual RunFacts facts() const = 0;
  // What the rows that are left will cost, going by those that were judged, for people; empty: not known.
  virtual std::string cost_to_finish(const engine::RunResult& result) const = 0;
  // Makes durable what was learnt and what is on its way to the answer cache.
  virtual boost::asio::awaitable<void> flush() = 0;
};

struct AssembleRequest {
  boost::asio::any_io_executor executor;
  const config::Settings& settings;  // outlives the assembly
  const RunArguments& arguments;     // outlives the assembly
  ports::RunObserver& observer;
  Clock& clock;
  StopSignal& stop;
};

// Throws Fatal with the exit code that fits when source, target or cache cannot be opened: before anything is
// paid.
std::unique_ptr<Assembly> assemble(const AssembleRequest& request);

}  // namespace sv::cli
