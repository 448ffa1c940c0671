#include "config/environment.hpp"

#include "config/files.hpp"

#include <algorithm>
#include <cctype>
#include <sys/stat.h>
#include <utility>

namespace sv::config {

namespace {

constexpr const char* kEnvFileName = ".env";

bool is_regular_file(const std::string& path, struct stat& status) {
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Environment::Environment(const LoadRequest& request, std::vector<std::string>& warnings)
    : real_(request.environment),
      settings_directory_(directory_of(request.config_path.value_or(""))),
      has_settings_file_(request.config_path.has_value()) {
  struct stat here{};
  const bool is_here = is_regular_file(join_path(request.working_directory, kEnvFileName), here);
  ignores_env_file_ = is_here;
  if (!has_settings_file_) return;

  const std::string shown = join_path(settings_directory_, kEnvFileName);
  const std::string path = join_path(request.working_directory, shown);
  struct stat beside{};
  if (!is_regular_file(path, beside)) return;
  ignores_env_file_ = is_here && (here.st_dev != beside.st_dev || here.st_ino != beside.st_ino);
  Result<std::string> content = read_whole_file(path, kMaxEnvFileBytes);
  if (!content) {
    warnings.push_back(content.error().message + "; its variables are not used");
    return;
  }
  file_ = parse_env_file(SourceText(shown, std::move(*content)));
  warnings.insert(warnings.end(), file_.problems.begin(), file_.problems.end());
}

std::optional<std::string> Environment::find(const std::string& name) const {
  std::optional<std::string> value = real_ ? real_(name) : std::nullopt;
  if (!value) {
    const auto line = file_.values.find(name);
    if (line != file_.values.end()) value = line->second;
  }
  if (value && value->empty()) value.reset();
  return value;
}

std::string Environment::place_of(const std::string& name) const {
  if (real_ && real_(name)) return {};
  return file_.values.contains(name) ? " in " + join_path(settings_directory_, kEnvFileName) : std::string();
}

std::string Environment::help_for_unset() const {
  std::string help = "set it in the environment";
  if (has_settings_file_) help += " or in " + join_path(settings_directory_, kEnvFileName);
  if (ignores_env_file_)
    help += " (the .env of the current directory is not read: only one beside the settings file is)";
  return help;
}

std::string Environment::expand_home(const std::string& path) const {
  if (path != "~" && !path.starts_with("~/")) return path;
  const std::optional<std::string> home = find("HOME");
  return home ? *home + path.substr(1) : path;
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) return false;
  return std::ranges::all_of(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
}

}  // namespace sv::config
