// The settings of a run as plain values, resolved: files read, environment variables looked up, defaults
// filled in.
#pragma once

#include "base/secret.hpp"
#include "base/time.hpp"
#include "config/deadline.hpp"
#include "domain/check.hpp"
#include "domain/language.hpp"
#include "domain/redaction.hpp"
#include "domain/token_prices.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::config {

// `sheets.*`. Source and target are there unless a file is named for them. An id and its tab are both given
// or both empty.
struct SheetsSettings {
  std::string credentials_file;
  std::string source_spreadsheet_id;
  std::string source_sheet_name;
  std::optional<std::int64_t> source_sheet_gid;
  std::string target_spreadsheet_id;
  std::string target_sheet_name;
  std::string rules_sheet_name;
  std::string api_base_url = "https://sheets.googleapis.com";  // of a simulator, for tests
};

// Header names. An empty `status` or `comment` means: guess from the usual English and Russian names.
struct ColumnSettings {
  std::string status;
  std::string comment;
  std::string completion_date;
  std::string identifier;
  std::string project_manager;
  // No column was named at all: all five may be guessed.
  bool are_guessed = false;
};

struct ProviderSettings {
  std::uint32_t priority = 1;  // 1 is asked first
  std::string name;
  std::string model;
  Secret api_key;
  std::string base_url;  // without trailing slash, ends before /chat/completions
  std::string organization;
  std::optional<double> temperature;  // empty: not sent
  std::uint32_t max_output_tokens = 1024;
  Duration request_timeout = std::chrono::seconds(60);
  bool reasoning_enabled = true;
  bool is_flex = false;                      // service_tier: flex
  std::optional<std::uint32_t> max_workers;  // empty: as the run's
  std::optional<std::uint64_t> rpm;          // requests per minute; empty: not known
  std::optional<std::uint64_t> tpm;          // LLM tokens per minute; empty: not known
};

struct LlmSettings {
  std::uint32_t max_retries = 3;  // attempts to get a usable reply, per row and provider
  // Requests in flight, 1..5000; empty: as many as the provider's limits and latency ask for.
  std::optional<std::uint32_t> max_workers;
  Duration rate_limit_retry_delay = std::chrono::seconds(1);  // first wait after a 429 that names none
  // From the request to the first byte of its reply; zero: only the provider's request_timeout counts.
  // Replies are not streamed, so it comes when the model has finished.
  Duration first_byte_timeout = Duration::zero();
  double hedge_budget = 0.02;  // share of the requests that may be sent twice at the end of a run
  bool spill = false;          // rows that would have to queue at a provider go to the next one
  std::string http_referer;
  std::string x_title;
  std::vector<ProviderSettings> providers;  // in priority order, never empty
  std::vector<domain::ModelPrices> prices;  // of prices_file; win over the built-in ones
};

struct Settings {
  std::optional<SheetsSettings> sheets;
  ColumnSettings columns;
  std::vector<std::string> allowed_statuses;
  std::string rules_text;
  domain::Checks checks;
  domain::Redaction redaction;
  std::uint64_t header_row = 1;
  std::uint64_t data_start_row = 2;
  LlmSettings llm;
  bool is_batch = false;                    // mode: batch
  std::optional<DeadlineSetting> deadline;  // of a run in batches
  // A run ends well when it reaches one of these, and can go on with a higher one. Empty: no limit.
  std::optional<double> max_cost;  // in the currency of the prices
  std::optional<std::uint64_t> max_requests;
  std::optional<Duration> max_time;
  // After SIGINT, SIGTERM or SIGHUP: how long answers in flight are awaited.
  Duration drain_timeout{};
  std::uint32_t batch_size = 10;                          // outcomes that make a flush
  std::string cache_path;                                 // absolute, or relative to the working directory
  std::string source_tab;                                 // of a workbook; empty: its first visible one
  std::string source;                                     // file path; empty: none given
  std::string target;                                     // file path; empty: none given
  domain::Language language = domain::Language::english;  // `auto` is already decided
  std::vector<std::string> warnings;                      // things to say once at the start
};

}  // namespace sv::config
