// Google Sheets as source and target of a run.
#pragma once

#include "base/clock.hpp"
#include "config/settings.hpp"
#include "domain/row.hpp"
#include "ports/outcome_sink.hpp"
#include "sheets/call_quota.hpp"
#include "sheets/tab_reader.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::cli {

// Signs in and reads the source tab, before the run's event loop goes; throws Fatal with the exit code that
// fits. `quota`: of the service account.
sheets::FetchedTab fetch_source_tab(const config::Settings& settings, sheets::CallQuota& quota, Clock& clock);

struct SheetsTargetRequest {
  boost::asio::any_io_executor executor;  // of the run
  const config::Settings& settings;       // outlives the target
  sheets::CallQuota& quota;               // outlives the target
  Clock& clock;                           // outlives the target
  domain::MappedColumns columns;
  std::string source_name;
  std::string row_link;
  // The gid of the tab that is read, when it is one.
  std::optional<std::int64_t> source_tab_id;
};

class SheetsTarget {
 public:
  virtual ~SheetsTarget() = default;
  virtual ports::OutcomeSink& outcomes() = 0;
  virtual std::vector<std::string> warnings() const = 0;
};

// Signs in and reads the target tab; throws as fetch_source_tab().
std::unique_ptr<SheetsTarget> open_sheets_target(const SheetsTargetRequest& request);

// Writes the rulebook's lines to its tab; throws as fetch_source_tab().
void write_rules_tab(const config::SheetsSettings& to, std::vector<std::string> lines, Clock& clock);

}  // namespace sv::cli
