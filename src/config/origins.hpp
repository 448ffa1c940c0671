// Where every setting comes from, for `config show`.
#pragma once

#include "config/load.hpp"

#include <string>
#include <vector>

namespace sv::config {

struct ShownSetting {
  std::string path;    // "llm.providers.1.model"
  std::string value;   // as one would write it; of a secret only that there is one; empty: none
  std::string origin;  // "flag --model", "config.yaml:12", "OPENAI_MODEL", "OPENAI_MODEL in .env", "default";
                       // empty without a value
};

// All settings in the order of the table, providers by their numbers. Reads what load_settings() reads,
// checks only that the file can be read as YAML, and throws Fatal as that does: a file with other mistakes in
// it can be looked at.
std::vector<ShownSetting> show_settings(const LoadRequest& request);

// The user's own settings file, which is read when none is named:
// $XDG_CONFIG_HOME/status-validator/config.yaml,
// ~/.config where that variable is not set or not absolute (XDG Base Directory Specification). Nothing when
// it is not there.
std::optional<std::string> user_settings_file(const EnvironmentLookup& environment);

// The answer cache where no settings file is named and nothing says otherwise:
// $XDG_STATE_HOME/status-validator/answers.sqlite for who has set that variable (absolute), else
// status_validator_answers.sqlite in the working directory, as the Python original has it.
std::string default_cache_path(const EnvironmentLookup& environment);

}  // namespace sv::config
