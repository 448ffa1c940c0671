#include "cli/load_settings.hpp"

#include "base/clock.hpp"
#include "base/fatal.hpp"
#include "cli/simulated_provider.hpp"
#include "config/load.hpp"
#include "config/origins.hpp"
#include "prompt/rulebook_date.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace sv::cli {

namespace {

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value =
      std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread is started
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

config::LoadRequest settings_request(const RunArguments& arguments) {
  config::LoadRequest request;
  request.config_path = arguments.config;
  request.environment = environment_variable;
  if (!request.config_path) {
    request.config_path = config::user_settings_file(request.environment);
    request.is_users_own = request.config_path.has_value();
  }
  request.working_directory = std::filesystem::current_path();
  config::Overrides& overrides = request.overrides;
  overrides.source = arguments.source;
  overrides.source_tab = arguments.tab;
  overrides.target = arguments.output;
  overrides.rules_file = arguments.rules_file;
  overrides.prices_file = arguments.prices;
  overrides.model = arguments.model;
  overrides.base_url = arguments.base_url;
  overrides.cache_path = arguments.cache;
  overrides.language = arguments.language;
  overrides.columns = arguments.columns;
  overrides.allowed_statuses = arguments.allowed_statuses;
  overrides.redact = arguments.redact;
  overrides.workers = arguments.workers;
  overrides.is_batch = arguments.is_batch;
  overrides.deadline = arguments.deadline;
  overrides.max_cost = arguments.max_cost;
  overrides.max_requests = arguments.max_requests;
  overrides.max_time_seconds = arguments.max_time;
  overrides.request_timeout_seconds = arguments.request_timeout;
  if (arguments.is_simulated) {
    if (arguments.model || arguments.base_url || arguments.is_batch) {
      throw Fatal(ExitCode::usage,
                  "--simulate is a model of its own: leave out --model, --base-url and --batch");
    }
    overrides.model = kSimulatedModel;
    overrides.base_url = kSimulatedAddress;
  }
  return request;
}

namespace {

config::Settings load(const RunArguments& arguments, bool needs_keys) {
  config::LoadRequest request = settings_request(arguments);
  request.needs_keys = needs_keys;
  config::Settings settings = config::load_settings(request);
  if (arguments.is_simulated) {
    // Its price is known: nothing. Who tries the program out should not be told to look for it.
    settings.llm.prices.push_back({.model = std::string(kSimulatedModel),
                                   .base_url = std::string(kSimulatedAddress),
                                   .prices = {},
                                   .flex = std::nullopt,
                                   .read_on = {},
                                   .source = "a simulation is free"});
  }
  const auto dated =
      prompt::find_date_of_this_week(settings.rules_text, local_date(SystemClock().wall_now()));
  if (dated) {
    settings.warnings.push_back(fmt::format(
        "line {} of the rulebook has a date of this week, {}: each time it is changed, every row is "
        "asked about and paid again. The model is told what day it is; `checks:` knows monday and today",
        dated->number, dated->date));
  }
  return settings;
}

}  // namespace

config::Settings load_settings(const RunArguments& arguments) { return load(arguments, true); }

config::Settings load_settings_without_keys(const RunArguments& arguments) { return load(arguments, false); }

}  // namespace sv::cli
