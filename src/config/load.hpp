// From a settings file, the environment and the command line to plain settings.
//
// Who wins: flags, then the settings file, then (for model, address and key) the environment, then the
// defaults of the settings table. Of two sources of environment variables the real environment wins over a
// `.env` file.
//
// Which .env is read: only the one beside a settings file that was named. One in the current directory could
// come with somebody else's data and send the key to a foreign address (CVE-2026-21852), so it is read only
// when the named settings file lies there too.
//
// The user's own file ($XDG_CONFIG_HOME/status-validator/config.yaml) is read only when no file is named, so
// that a named one, of the Python original too, means the same everywhere. Its default answer cache is in the
// working directory.
//
// Paths: `source`, `target`, `rules_file` and `prices_file` in a file are relative to the file's directory,
// so that settings and data can be moved together. `cache_path` and `sheets.credentials_file` are relative to
// the working directory, as in the Python original. Paths from flags are relative to the working directory.
// `~/` is the home directory.
//
// Providers: one whose environment variables (key, model) are not set is left out with a warning as long as
// another one is usable, as in the Python original; if none is, that is a mistake. `--model` and `--base-url`
// replace those of provider 1 and drop the others: who names a model wants its verdicts, not those of a
// silent fallback. A server on this machine (http://localhost) needs no key. Nor does whoever sends nothing
// (needs_keys = false): where no provider has its key, all that only lack it are kept, each with a warning.
#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sv::config {

// From the command line; each wins over the file. Keys have no flag.
struct Overrides {
  std::optional<std::string> source = {}, target = {}, rules_file = {}, prices_file = {}, model = {},
                             base_url = {}, cache_path = {}, language = {}, source_tab = {};
  // "field=Header", field in status|comment|completion_date|identifier|project_manager.
  std::vector<std::string> columns = {};
  std::vector<std::string> allowed_statuses = {};  // not empty: replaces the file's
  std::vector<std::string> redact = {};            // added to the file's
  std::optional<std::uint32_t> workers = {};
  bool is_batch = false;
  std::optional<std::string> deadline = {};
  std::optional<double> max_cost = {};
  std::optional<std::uint64_t> max_requests = {};
  std::optional<double> max_time_seconds = {};
  std::optional<std::uint32_t> request_timeout_seconds = {};  // for every provider
};

// Nothing: not set. An empty value is a value, and keeps a .env file from giving another one.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

struct LoadRequest {
  std::optional<std::string> config_path;  // as the user gave it
  bool is_users_own = false;               // it is the user's own file, because none was named
  Overrides overrides;
  EnvironmentLookup environment;  // may be empty: no variable is set
  std::string working_directory;  // empty: that of the process
  bool needs_keys = true;         // false: nothing is sent
};

// Throws Fatal with every mistake in its text, several lines:
//   config (78)        mistakes in the settings file, or no key
//   no_input (66)      the settings file or the file of --rules or --prices does not exist
//   no_permission (77) one of them cannot be read
//   usage (64)         wrong flags (--column, --workers, …), or no settings file and not all that replaces it
// Reads files; throws nothing else. What is left of `api_key` in memory after that is wiped in the settings
// only; `api_key_env` keeps the key out of the file.
Settings load_settings(const LoadRequest& request);

}  // namespace sv::config
