// Watches a run: counters, progress, events. Observers must be quick and must not throw.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/money.hpp"
#include "domain/outcome.hpp"
#include "domain/usage.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sv::ports {

struct RequestReport {
  std::string_view provider;
  std::string_view model;
  std::optional<ErrorKind> error;  // empty: a usable answer
  int http_status = 0;             // 0: no HTTP reply
  Duration latency{};
  domain::Usage usage;  // zero when the reply carried none
  // Of the usage; empty: the model's price is not known.
  std::optional<domain::Money> cost = std::nullopt;
  bool is_flex = false;  // billed at the flex tier
};

// What a batch of the Batch API has brought.
struct BatchReport {
  std::string_view provider;
  std::uint64_t rows = 0;
  std::uint64_t answers = 0;
  domain::Usage usage;
  std::optional<domain::Money> cost = std::nullopt;
};

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // Rows that the run will pass, skipped ones included.
  virtual void on_run_started(std::uint64_t /*rows*/) {}
  // A row's answer is not known yet: it is asked about when its turn comes. Rows are told of in source order;
  // those that are finished without a question are not among them.
  virtual void on_row_queued() {}
  virtual void on_row_finished(const domain::Outcome& /*outcome*/) {}
  virtual void on_request_started(std::string_view /*provider*/) {}
  virtual void on_request_finished(const RequestReport& /*report*/) {}
  // It has ended, and its answers are durable.
  virtual void on_batch_finished(const BatchReport& /*report*/) {}
  // A row that is late is asked about a second time; one of the two requests will end as `cancelled`.
  virtual void on_hedge(std::string_view /*provider*/) {}
  // A row will be asked again after `delay` because of `reason`.
  virtual void on_retry(ErrorKind /*reason*/, Duration /*delay*/) {}
  // A provider does not answer: until it does, only a row now and then finds out whether it is back.
  virtual void on_provider_resting(std::string_view /*provider*/, const Error& /*last_failure*/) {}
  // It answers again, `after` so long.
  virtual void on_provider_back(std::string_view /*provider*/, Duration /*after*/) {}
  // A provider is not used any more in this run.
  virtual void on_provider_disabled(std::string_view /*provider*/, const Error& /*error*/) {}
};

}  // namespace sv::ports
