// The command line as typed, checked by CLI11: what the Python original took (`--config FILE --limit N …`),
// and `run SOURCE …` without any settings file.
#pragma once

#include <CLI/App.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::cli {

struct RunArguments {
  std::vector<std::string> typed;  // the whole command line, without the program's name
  std::optional<std::string> config;
  std::optional<std::string> source;
  std::optional<std::string> tab;
  std::optional<std::string> output;
  // `--rules FILE`: the rulebook. `--rules` alone, as the original: write the rulebook beside the target.
  bool has_rules = false;
  std::optional<std::string> rules_file;
  std::optional<std::string> model;
  std::optional<std::string> base_url;
  std::vector<std::string> columns;
  std::vector<std::string> allowed_statuses;
  std::vector<std::string> redact;
  std::optional<std::uint64_t> limit;
  std::optional<std::uint32_t> workers;
  std::optional<double> max_cost;
  std::optional<std::uint64_t> max_requests;
  std::optional<double> max_time;  // seconds
  std::optional<std::uint32_t> request_timeout;
  std::optional<std::string> cache;
  std::optional<std::string> prices;
  std::optional<std::string> report;
  std::optional<std::uint64_t> fail_from;  // so many invalid rows end the run with exit code 1
  std::optional<std::string> metrics_file;
  std::optional<std::string> metrics_listen;
  std::optional<std::string> language;
  std::optional<std::uint64_t> batch_rows;
  std::optional<std::string> deadline;
  bool is_batch = false;
  bool is_detached = false;
  bool is_simulated = false;
  bool is_dry_run = false;
  bool is_verbose = false;
  bool is_quiet = false;
  bool is_json = false;
  bool must_ask_all = false;
  bool must_ask_overdue = false;
};

// Adds the options of a run to `app`: once to the program itself (the original's form) and once to `run`.
void add_run_options(CLI::App& app, RunArguments& arguments, bool takes_source);

// The command line of an earlier run, as the journal keeps it. Throws Fatal (usage) when it is not
// understood.
RunArguments parse_run_arguments(const std::vector<std::string>& typed);

// What was probably meant by a command or flag that does not exist; empty when nothing is near.
std::string suggest(const CLI::App& app, const std::string& typed);

}  // namespace sv::cli
