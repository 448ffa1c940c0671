#include "cli/config_command.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/load_settings.hpp"
#include "cli/messages.hpp"
#include "config/origins.hpp"
#include "report/json_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sv::cli {

namespace {

constexpr std::size_t kMostValueColumns = 48;

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return text + std::string(columns > width ? columns - width : 0, ' ');
}

void print_json(const std::vector<config::ShownSetting>& settings) {
  for (const config::ShownSetting& setting : settings) {
    report::JsonLine line;
    line.text("type", "setting").text("path", setting.path);
    if (setting.value.empty()) {
      line.null("value").null("origin");
    } else {
      line.text("value", setting.value).text("origin", setting.origin);
    }
    fmt::print("{}\n", line.finish());
  }
}

void print_table(const std::vector<config::ShownSetting>& settings, bool shows_origin) {
  std::size_t paths = 0;
  std::size_t values = 0;
  for (const config::ShownSetting& setting : settings) {
    if (setting.value.empty()) continue;
    paths = std::max(paths, setting.path.size());
    values = std::max(values, display_width(setting.value));
  }
  values = std::min(values, kMostValueColumns);
  for (const config::ShownSetting& setting : settings) {
    if (setting.value.empty()) continue;
    const std::string value = shorten(setting.value, kMostValueColumns);
    if (shows_origin) {
      fmt::print("{}  {}  {}\n", padded(setting.path, paths), padded(value, values), say(setting.origin));
    } else {
      fmt::print("{}  {}\n", padded(setting.path, paths), setting.value);
    }
  }
}

}  // namespace

CLI::App* add_config_command(CLI::App& app, ConfigArguments& arguments) {
  CLI::App* config = app.add_subcommand("config", "Look at settings");
  config->require_subcommand(1);
  CLI::App* show = config->add_subcommand(
      "show", "Print every setting that has a value, with these options; keys are not shown");
  add_run_options(*show, arguments.run, true);
  show->add_flag("--origin", arguments.shows_origin,
                 "Tell where each value comes from: a flag, a line of a file, a variable or the default");
  return show;
}

ExitCode config_show_command(const ConfigArguments& arguments) {
  const std::vector<config::ShownSetting> settings = config::show_settings(settings_request(arguments.run));
  if (arguments.run.is_json) {
    print_json(settings);
  } else {
    print_table(settings, arguments.shows_origin);
  }
  std::fflush(stdout);
  // Throws with every mistake in them.
  const config::Settings loaded = load_settings_without_keys(arguments.run);
  for (const std::string& warning : loaded.warnings) log(LogLevel::warning, "{}", warning);
  return ExitCode::ok;
}

}  // namespace sv::cli
