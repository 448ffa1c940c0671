#include "cli/arguments.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace sv::cli {

namespace {

constexpr std::uint64_t kMaxWorkers = 5000;
constexpr std::uint64_t kMaxBatchRows = 50'000;
constexpr std::uint64_t kMaxRequestTimeout = 3600;
constexpr std::uint64_t kMaxLimit = std::numeric_limits<std::int64_t>::max();
// Two slips of the finger; more is another word.
constexpr std::size_t kNear = 2;

// CLI11's own range check calls words "not in range" and lets negative numbers wrap around.
CLI::Validator whole_number(std::uint64_t min, std::uint64_t max) {
  const auto check = [min, max](const std::string& text) -> std::string {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= min && value <= max) return {};
    if (max == kMaxLimit) return fmt::format("must be a whole number from {}, got '{}'", min, text);
    return fmt::format("must be a whole number from {} to {}, got '{}'", min, max, text);
  };
  return {check, ""};
}

void add_input_options(CLI::App& app, RunArguments& arguments) {
  app.add_option("--config", arguments.config, "Settings file (YAML); see config.example.yaml")
      ->type_name("FILE")
      ->group("What to check");
  app.add_option_function<std::vector<std::string>>(
         "--rules",
         [&arguments](const std::vector<std::string>& values) {
           arguments.has_rules = true;
           if (!values.empty() && !values.front().empty()) arguments.rules_file = values.front();
         },
         "Rulebook (a text or Markdown file), instead of the settings file's rules. Without FILE: also write "
         "the "
         "rulebook, one line per row, beside the output")
      ->expected(0, 1)
      ->type_name("[FILE]")
      ->group("What to check");
  app.add_option("--tab", arguments.tab, "Tab of a workbook [the first that is not hidden]")
      ->type_name("NAME")
      ->group("What to check");
  app.add_option("--column", arguments.columns,
                 "Header name of a column: status, comment, completion_date, identifier or project_manager "
                 "(repeatable). Without any, the usual English and Russian names are looked for")
      ->type_name("FIELD=HEADER")
      ->allow_extra_args(false)
      ->group("What to check");
  app.add_option("--allowed-status", arguments.allowed_statuses, "A status that may be used (repeatable)")
      ->type_name("STATUS")
      ->allow_extra_args(false)
      ->group("What to check");
  app.add_option("--redact", arguments.redact,
                 "Not told to the model where it stands in a status or comment: project_manager, identifier, "
                 "email or phone (repeatable)")
      ->type_name("WHAT")
      ->allow_extra_args(false)
      ->group("What to check");
  app.add_option("--limit", arguments.limit, "Only the first N rows")
      ->type_name("N")
      ->check(whole_number(1, kMaxLimit))
      ->group("What to check");
  app.add_flag("--force", arguments.must_ask_all, "Ask the model again about every row, cached or not")
      ->group("What to check");
  app.add_flag("--checkdate", arguments.must_ask_overdue,
               "Ask again about rows whose check date is missing, unreadable or from before this week")
      ->group("What to check");
}

void add_model_options(CLI::App& app, RunArguments& arguments) {
  app.add_option("--model", arguments.model, "Model to ask, as the provider calls it")
      ->type_name("NAME")
      ->group("Whom to ask");
  app.add_option("--base-url", arguments.base_url,
                 "Address of an OpenAI-compatible API [https://api.openai.com/v1]. The key comes from the "
                 "environment (OPENAI_API_KEY) or the settings file, never from a flag")
      ->type_name("URL")
      ->group("Whom to ask");
  app.add_option("--workers", arguments.workers,
                 "Requests in flight at the same time, 1 to 5000 [found out by itself]")
      ->type_name("N")
      ->check(whole_number(1, kMaxWorkers))
      ->group("Whom to ask");
  app.add_option("--request-timeout", arguments.request_timeout,
                 "Give a request up after so many seconds [60]")
      ->type_name("SECONDS")
      ->check(whole_number(1, kMaxRequestTimeout))
      ->group("Whom to ask");
  app.add_option(
         "--max-cost", arguments.max_cost,
         "What the run may cost, in the currency of the prices; it then ends well (exit code 3), and goes on "
         "when it is run again with a higher limit")
      ->type_name("AMOUNT")
      ->group("Whom to ask");
  app.add_option("--max-requests", arguments.max_requests, "Requests that the run may send, likewise")
      ->type_name("N")
      ->group("Whom to ask");
  app.add_option("--max-time", arguments.max_time, "How long the run may send requests, likewise")
      ->type_name("SECONDS")
      ->group("Whom to ask");
  app.add_flag("--simulate", arguments.is_simulated,
               "Ask the built-in stand-in for a model: no account, no network, nothing paid. Its verdicts "
               "come from "
               "simple checks: to try things, never to judge real work")
      ->group("Whom to ask");
  app.add_flag("--batch", arguments.is_batch,
               "Ask through the provider's Batch API: half the price, an answer within a day; what it "
               "leaves is asked one by one")
      ->group("Whom to ask");
  app.add_flag("--detach", arguments.is_detached,
               "With --batch: do not wait for batches that are under way (exit code 75); `resume` goes on")
      ->group("Whom to ask");
  app.add_option("--deadline", arguments.deadline,
                 "With --batch: when the run must be over, HH:MM (the next such moment) or 'YYYY-MM-DD "
                 "HH:MM'; what the batches leave open shortly before is asked one by one")
      ->type_name("WHEN")
      ->group("Whom to ask");
  app.add_option("--batch-rows", arguments.batch_rows, "With --batch: rows in a batch at most [50000]")
      ->type_name("N")
      ->check(whole_number(1, kMaxBatchRows))
      ->group("Whom to ask");
  app.add_option("--prices", arguments.prices,
                 "Prices of models (YAML), for the cost figures; they win over the built-in ones")
      ->type_name("FILE")
      ->group("Whom to ask");
  app.add_option("--cache", arguments.cache, "Answer cache (SQLite) [status_validator_answers.sqlite]")
      ->type_name("FILE")
      ->group("Whom to ask");
}

// "invalid" and "invalid=N"; nothing for anything else.
std::optional<std::uint64_t> invalid_rows_of(std::string_view text) {
  constexpr std::string_view kWhat = "invalid";
  if (text == kWhat) return 1;
  if (!text.starts_with(kWhat) || text.substr(kWhat.size(), 1) != "=") return std::nullopt;
  text.remove_prefix(kWhat.size() + 1);
  std::uint64_t rows = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (error != std::errc() || end != text.data() + text.size() || rows == 0) return std::nullopt;
  return rows;
}

void add_output_options(CLI::App& app, RunArguments& arguments) {
  app.add_option("-o,--output", arguments.output, "Review to write or to update (CSV, XLSX)")
      ->type_name("FILE")
      ->group("What to write");
  app.add_flag("--dry-run", arguments.is_dry_run, "Write nothing; print the review rows as JSON")
      ->group("What to write");
  app.add_flag("--json", arguments.is_json,
               "Print one JSON line per row as it is finished, and a summary as the last")
      ->group("What to write");
  app.add_option(
         "--report", arguments.report,
         "Write the run as one HTML page for people: verdicts, what has changed since the run before, "
         "costs; it opens without a network")
      ->type_name("FILE")
      ->group("What to write");
  app.add_option_function<std::string>(
         "--fail-on",
         [&arguments](const std::string& text) {
           arguments.fail_from = invalid_rows_of(text);
           if (!arguments.fail_from)
             throw CLI::ValidationError("--fail-on",
                                        fmt::format("must be invalid or invalid=N, got '{}'", text));
         },
         "invalid: end with exit code 1 when a row is invalid; invalid=N: when N or more are")
      ->type_name("invalid[=N]")
      ->group("What to write");
  app.add_option("--metrics-file", arguments.metrics_file,
                 "Keep the run's figures in this file, rewritten every 10 s, in Prometheus' text format; "
                 "node_exporter reads names that end in .prom")
      ->type_name("FILE")
      ->group("What to write");
  app.add_option(
         "--metrics-listen", arguments.metrics_listen,
         "Serve the run's figures at http://ADDR:PORT/metrics while it goes on, for Prometheus; for this "
         "machine only without ADDR, on any free port with 0")
      ->type_name("[ADDR:]PORT")
      ->group("What to write");
  app.add_option("--language", arguments.language, "Language of issues and rewrites: auto, en or ru [auto]")
      ->type_name("CODE")
      ->group("What to write");
  app.add_flag("-v,--verbose", arguments.is_verbose, "Say more about what happens")->group("What to write");
  app.add_flag("-q,--quiet", arguments.is_quiet, "Say only what went wrong")->group("What to write");
}

void consider(const std::string& typed, const std::string& candidate, std::string& best,
              std::size_t& distance) {
  const std::size_t candidate_distance = edit_distance(typed, candidate);
  if (candidate_distance < distance) {
    distance = candidate_distance;
    best = candidate;
  }
}

void consider_all(const CLI::App& app, const std::string& typed, std::string& best, std::size_t& distance) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) consider(typed, "--" + name, best, distance);
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (!typed.starts_with('-')) consider(typed, command->get_name(), best, distance);
    consider_all(*command, typed, best, distance);
  }
}

// A sheet without the word that says what to do with it.
bool is_sheet(std::string_view typed) {
  return std::ranges::any_of(std::array{".csv", ".xlsx", ".xlsm", ".ods"},
                             [&](std::string_view ending) { return typed.ends_with(ending); });
}

}  // namespace

void add_run_options(CLI::App& app, RunArguments& arguments, bool takes_source) {
  if (takes_source) {
    app.add_option("source", arguments.source, "Sheet with the status rows (CSV, XLSX, ODS)")
        ->type_name("FILE");
  }
  add_input_options(app, arguments);
  add_model_options(app, arguments);
  add_output_options(app, arguments);
}

RunArguments parse_run_arguments(const std::vector<std::string>& typed) {
  CLI::App app;
  RunArguments arguments;
  add_run_options(app, arguments, false);
  add_run_options(*app.add_subcommand("run"), arguments, true);
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(typed.rbegin(), typed.rend()));
  } catch (const CLI::ParseError& error) {
    throw Fatal(ExitCode::usage, fmt::format("the command line of that run is not understood any more: {}",
                                             sanitize_for_terminal(error.what())));
  }
  arguments.typed = typed;
  return arguments;
}

std::string suggest(const CLI::App& app, const std::string& typed) {
  const std::string name = typed.substr(0, typed.find('='));
  std::string best;
  std::size_t distance = kNear + 1;
  consider_all(app, name, best, distance);
  if (best.empty() && is_sheet(typed)) return "run " + typed;
  return best;
}

}  // namespace sv::cli
