#include "config/settings_table.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sv::config {

namespace {

using enum ValueKind;

// Spreadsheets end at 10 million cells (Google) or 1,048,576 rows (XLSX); CSV files may be longer.
constexpr double kMostRows = 1e9;
// Unbounded in the Python original; these bounds only catch slips (a value in milliseconds, a digit too
// many).
constexpr double kMostSeconds = 3600;
constexpr double kMostTokens = 1e6;
constexpr double kMostPerMinute = 1e12;
constexpr double kLeastCost = 0.000001;
constexpr double kMostCost = 1'000'000;  // domain::Money holds nine million
constexpr double kMostRequests = 1'000'000'000;
constexpr double kMostTime = 31 * 24 * 3600;
constexpr double kLongestDrain = 3600;
constexpr double kMostWorkers = 5000;  // issue 2: max_workers from 1 to 5,000

constexpr auto kTable = std::to_array<Setting>({
    {.path = "source", .kind = path, .flag = "SOURCE", .help = "file with the status rows"},
    {.path = "source_tab",
     .kind = text,
     .flag = "--tab",
     .help = "tab of the source when it is a workbook; the first that is not hidden unless given"},
    {.path = "target", .kind = path, .flag = "--output", .help = "file that receives the review"},
    {.path = "language",
     .kind = text,
     .default_value = "auto",
     .flag = "--language",
     .help = "language of the review: auto (that of the rulebook), en, ru"},

    {.path = "sheets", .kind = section, .help = "Google Sheets as source and target"},
    {.path = "sheets.credentials_file", .kind = path, .help = "service-account key file"},
    {.path = "sheets.source_spreadsheet_id",
     .kind = text,
     .help = "id of the spreadsheet with the status rows"},
    {.path = "sheets.source_sheet_name", .kind = text, .help = "its tab"},
    {.path = "sheets.source_sheet_gid",
     .kind = whole_number,
     .least = 0,
     .most = 9e15,
     .help = "gid of that tab, for links to rows"},
    {.path = "sheets.target_spreadsheet_id", .kind = text, .help = "id of the spreadsheet for the review"},
    {.path = "sheets.target_sheet_name", .kind = text, .help = "its tab"},
    {.path = "sheets.rules_sheet_name",
     .kind = text,
     .help = "tab of the target spreadsheet that holds the rules"},
    {.path = "sheets.api_base_url",
     .kind = text,
     .default_value = "https://sheets.googleapis.com",
     .help = "address of the Google Sheets API; another one is for a simulator on this machine"},

    {.path = "columns",
     .kind = section,
     .flag = "--column FIELD=HEADER",
     .help = "header names of the source; without them they are guessed"},
    {.path = "columns.status", .kind = text, .help = "the project's status"},
    {.path = "columns.comment", .kind = text, .help = "the comment that is judged"},
    {.path = "columns.completion_date", .kind = text, .help = "planned or real completion date"},
    {.path = "columns.identifier", .kind = text, .help = "what names a row, such as the project"},
    {.path = "columns.project_manager", .kind = text, .help = "the project's manager"},

    {.path = "allowed_statuses",
     .kind = text_list,
     .flag = "--allowed-status",
     .help = "statuses that are valid; none: all"},
    {.path = "checks", .kind = list, .help = "rules that code decides, each with an id (docs/checks.md)"},
    {.path = "ask_model",
     .kind = text,
     .default_value = "always",
     .help = "always, or unless_failed: a row that fails a check is not asked about"},
    {.path = "redact",
     .kind = text_list,
     .flag = "--redact",
     .help =
         "what in status and comment is not told to the model: project_manager, identifier, email, phone"},
    {.path = "header_row",
     .kind = whole_number,
     .default_value = "1",
     .least = 1,
     .most = kMostRows,
     .help = "row of the column headers, from 1"},
    {.path = "data_start_row",
     .kind = whole_number,
     .default_value = "2",
     .least = 2,
     .most = kMostRows,
     .help = "first row of data; the row below the header unless given"},
    {.path = "rules_text", .kind = text, .help = "the rulebook itself"},
    {.path = "rules_file", .kind = path, .flag = "--rules", .help = "file that holds the rulebook"},

    {.path = "prices_file",
     .kind = path,
     .flag = "--prices",
     .help = "file with prices of models; wins over the built-in ones"},

    {.path = "llm", .kind = section, .help = "the models that judge"},
    {.path = "llm.max_retries",
     .kind = whole_number,
     .default_value = "3",
     .least = 1,
     .most = 100,
     .help = "attempts per row and provider before the next provider is asked"},
    {.path = "llm.max_workers",
     .kind = whole_number,
     .least = 1,
     .most = kMostWorkers,
     .flag = "--workers",
     .help = "requests in flight (1 = one after the other); found out by itself unless given"},
    {.path = "llm.rate_limit_retry_delay",
     .kind = number,
     .default_value = "1",
     .least = 0,
     .most = kMostSeconds,
     .unit = "s",
     .help = "first wait after a 429 that names none"},
    {.path = "llm.first_byte_timeout",
     .kind = number,
     .default_value = "0",
     .least = 0,
     .most = kMostSeconds,
     .unit = "s",
     .help = "for the first byte of a reply; 0: only request_timeout counts"},
    {.path = "llm.hedge_budget",
     .kind = number,
     .default_value = "0.02",
     .least = 0,
     .most = 0.5,
     .help = "share of the requests that may be sent a second time at the end of a run; 0: none"},
    {.path = "llm.spill",
     .kind = boolean,
     .default_value = "false",
     .help = "rows that would have to queue at a provider go to the next one"},
    {.path = "llm.http_referer", .kind = text, .help = "HTTP-Referer header, for OpenRouter"},
    {.path = "llm.x_title", .kind = text, .help = "X-Title header, for OpenRouter"},
    {.path = "llm.provider", .kind = text, .help = "name of the provider (older form with one provider)"},
    {.path = "llm.providers", .kind = section, .help = "providers by priority: 1 is asked first, then 2, …"},

    {.path = "llm.providers.N", .kind = section, .help = "one provider"},
    {.path = "llm.providers.N.name", .kind = text, .help = "what people call it"},
    {.path = "llm.providers.N.model",
     .kind = text,
     .flag = "--model",
     .environment = "OPENAI_MODEL",
     .help = "the model's id"},
    {.path = "llm.providers.N.model_env",
     .kind = variable_name,
     .help = "environment variable that holds the model's id"},
    {.path = "llm.providers.N.api_key",
     .kind = text,
     .environment = "OPENAI_API_KEY",
     .is_secret = true,
     .help = "the key itself; api_key_env keeps it out of the file"},
    {.path = "llm.providers.N.api_key_env",
     .kind = variable_name,
     .help = "environment variable that holds the key"},
    {.path = "llm.providers.N.base_url",
     .kind = url,
     .default_value = "https://api.openai.com/v1",
     .flag = "--base-url",
     .environment = "OPENAI_BASE_URL",
     .help = "address of the API, up to /chat/completions"},
    {.path = "llm.providers.N.base_url_env",
     .kind = variable_name,
     .help = "environment variable that holds the address"},
    {.path = "llm.providers.N.organization", .kind = text, .help = "OpenAI organization id"},
    {.path = "llm.providers.N.temperature",
     .kind = number,
     .default_value = "0.0",
     .least = 0,
     .most = 2,
     .help = "sampling temperature; not sent to models that refuse it"},
    {.path = "llm.providers.N.max_output_tokens",
     .kind = whole_number,
     .default_value = "1024",
     .least = 1,
     .most = kMostTokens,
     .unit = "tokens",
     .help = "cap of one reply; after 50 answers a tighter one is used that is learnt of them"},
    {.path = "llm.providers.N.request_timeout",
     .kind = number,
     .default_value = "60",
     .least = 0.1,
     .most = kMostSeconds,
     .unit = "s",
     .flag = "--request-timeout",
     .help = "for one request, from start to last byte; with service_tier flex 900 unless given"},
    {.path = "llm.providers.N.service_tier",
     .kind = text,
     .default_value = "default",
     .help =
         "default, or flex: half the price, slower, and refused when the provider is busy (then the row is "
         "asked about at the default tier)"},
    {.path = "llm.providers.N.reasoning_enabled",
     .kind = boolean,
     .default_value = "true",
     .help = "ask for reasoning where the model offers it"},
    {.path = "llm.providers.N.max_workers",
     .kind = whole_number,
     .least = 1,
     .most = kMostWorkers,
     .help = "requests in flight at this provider; llm.max_workers unless given"},
    {.path = "llm.providers.N.rpm",
     .kind = whole_number,
     .least = 1,
     .most = kMostPerMinute,
     .unit = "requests per minute",
     .help = "the provider's limit, if known"},
    {.path = "llm.providers.N.tpm",
     .kind = whole_number,
     .least = 1,
     .most = kMostPerMinute,
     .unit = "tokens per minute",
     .help = "the provider's limit, if known"},

    {.path = "batch_size",
     .kind = whole_number,
     .default_value = "10",
     .least = 1,
     .most = 10'000,
     .unit = "rows",
     .help = "rows that are written at a time"},
    {.path = "mode",
     .kind = text,
     .default_value = "online",
     .flag = "--batch",
     .help = "how rows are asked about: online (one by one), batch (the provider's Batch API)"},
    {.path = "deadline",
     .kind = text,
     .flag = "--deadline",
     .help = "when a run in batches must be over (HH:MM or YYYY-MM-DD HH:MM): what is missing shortly before "
             "is asked one by one"},
    {.path = "max_cost",
     .kind = number,
     .least = kLeastCost,
     .most = kMostCost,
     .unit = "money",
     .flag = "--max-cost",
     .help = "what a run may cost, in the currency of the prices; it then ends and can go on with a higher "
             "limit"},
    {.path = "max_requests",
     .kind = whole_number,
     .least = 1,
     .most = kMostRequests,
     .unit = "requests",
     .flag = "--max-requests",
     .help = "requests that a run may send, retries and hedges included"},
    {.path = "max_time",
     .kind = number,
     .least = 1,
     .most = kMostTime,
     .unit = "seconds",
     .flag = "--max-time",
     .help = "how long a run may send requests; what is in flight then is awaited"},
    {.path = "drain_timeout",
     .kind = number,
     .default_value = "30",
     .least = 0,
     .most = kLongestDrain,
     .unit = "seconds",
     .help = "how long answers in flight are awaited after Ctrl-C, SIGTERM or SIGHUP"},
    {.path = "cache_path",
     .kind = path,
     .default_value = "status_validator_answers.sqlite",
     .flag = "--cache",
     .help = "file of the answer cache, relative to the working directory; beside the settings unless given"},
});

}  // namespace

std::span<const Setting> settings_table() { return kTable; }

const Setting* find_setting(std::string_view path) {
  const auto* const row = std::ranges::find(kTable, path, &Setting::path);
  return row == kTable.end() ? nullptr : row;
}

const Setting* find_setting(std::string_view section, std::string_view key) {
  // A key with a dot in it is not a path.
  if (key.find('.') != std::string_view::npos) return nullptr;
  if (section.empty()) return find_setting(key);
  return find_setting(std::string(section) + "." + std::string(key));
}

std::string_view key_of(const Setting& setting) {
  const std::size_t dot = setting.path.rfind('.');
  return dot == std::string_view::npos ? setting.path : setting.path.substr(dot + 1);
}

std::string_view section_of(const Setting& setting) {
  const std::size_t dot = setting.path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : setting.path.substr(0, dot);
}

}  // namespace sv::config
