// Environment variables from two places: the process and a .env file.
#pragma once

#include "config/env_file.hpp"
#include "config/load.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::config {

class Environment {
 public:
  // Reads the .env beside the settings file, if a settings file was named. A .env that cannot be read is a
  // warning.
  Environment(const LoadRequest& request, std::vector<std::string>& warnings);

  // Nothing when it is not set or empty.
  std::optional<std::string> find(const std::string& name) const;
  // " in DIR/.env" when the .env file gives it, "" when the process does.
  std::string place_of(const std::string& name) const;
  // What to do about a variable that is not set.
  std::string help_for_unset() const;
  // With `~/` at its beginning replaced.
  std::string expand_home(const std::string& path) const;

 private:
  EnvironmentLookup real_;
  EnvFile file_;
  std::string settings_directory_;
  bool has_settings_file_;
  bool ignores_env_file_ = false;  // there is one in the working directory that is not read
};

// Letters, digits and `_`, no digit first.
bool is_variable_name(std::string_view name);

}  // namespace sv::config
