#include "config/origins.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "config/environment.hpp"
#include "config/files.hpp"
#include "config/mistake.hpp"
#include "config/secret_mask.hpp"
#include "config/settings_table.hpp"
#include "config/yaml_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sys/stat.h>

namespace sv::config {

namespace {

constexpr std::size_t kMaxSettingsBytes = std::size_t{1} << 20U;
constexpr std::string_view kHidden = "given (not shown)";
constexpr std::size_t kShownColumns = 100;

SourceText read_source(const LoadRequest& request) {
  if (!request.config_path) return {"", ""};
  Result<std::string> content =
      read_whole_file(join_path(request.working_directory, *request.config_path), kMaxSettingsBytes);
  if (content) return {*request.config_path, std::move(*content)};
  const ErrorKind kind = content.error().kind;
  throw Fatal(kind == ErrorKind::not_found           ? ExitCode::no_input
              : kind == ErrorKind::permission_denied ? ExitCode::no_permission
                                                     : ExitCode::config,
              "error: " + content.error().message);
}

const Entry* entry_of(const YamlNode* map, std::string_view key) {
  if (map == nullptr || map->kind != NodeKind::map) return nullptr;
  const auto entry = std::ranges::find(map->entries, key, &Entry::key);
  return entry == map->entries.end() ? nullptr : &*entry;
}

template <typename T>
std::optional<std::string> text_of(const std::optional<T>& value) {
  return value ? std::optional(fmt::format("{}", *value)) : std::nullopt;
}

class Shower {
 public:
  Shower(const LoadRequest& request, const YamlNode* root, const SourceText& source)
      : flags_(request.overrides), environment_(request, ignored_), root_(root), source_(source) {
    const Entry* llm = entry_of(root, "llm");
    llm_ = llm == nullptr ? nullptr : llm->value;
    const Entry* providers = entry_of(llm_, "providers");
    if (providers != nullptr && providers->value->kind == NodeKind::map) providers_ = providers->value;
  }

  std::vector<ShownSetting> show() {
    for (const Setting& setting : settings_table()) {
      if (setting.kind == ValueKind::section) continue;
      if (section_of(setting) != kProviderSection) {
        show_one(setting, std::string(setting.path), node_at(setting.path), true);
      }
    }
    if (providers_ == nullptr) show_provider("1", llm_, true);
    // --model and --base-url leave only the first provider (config/load.hpp).
    const bool is_first_only = flags_.model || flags_.base_url;
    for (std::size_t i = 0; providers_ != nullptr && i < providers_->entries.size(); ++i) {
      const Entry& entry = providers_->entries[i];
      if (!is_first_only || entry.key == "1") show_provider(entry.key, entry.value, false);
    }
    return std::move(shown_);
  }

 private:
  void show_provider(const std::string& number, const YamlNode* map, bool is_single) {
    for (const Setting& setting : settings_table()) {
      if (setting.kind == ValueKind::section || section_of(setting) != kProviderSection) continue;
      const std::string_view key = key_of(setting);
      // In the older form that is the run's, and shown as such.
      const Entry* entry = is_single && key == "max_workers" ? nullptr : entry_of(map, key);
      const std::string path =
          fmt::format("llm.providers.{}.{}", shorten(sanitize_for_terminal(number), 20), key);
      if (!entry && show_from_environment(setting, path, map, is_single, number == "1")) continue;
      show_one(setting, path, entry, number == "1");
    }
  }

  // A value that a variable holds: named by the file (model_env), or the usual one in the older form.
  bool show_from_environment(const Setting& setting, const std::string& path, const YamlNode* map,
                             bool is_single, bool is_first) {
    if (is_first && flag_of(setting)) return false;
    const Entry* named = entry_of(map, std::string(key_of(setting)) + "_env");
    std::string name = is_single ? std::string(setting.environment) : std::string();
    if (named != nullptr && named->value->kind == NodeKind::scalar) name = named->value->text;
    if (name.empty() || !is_variable_name(name)) return false;
    const std::optional<std::string> value = environment_.find(name);
    if (!value) return false;
    add(setting, path, *value, show_variable(name) + environment_.place_of(name));
    return true;
  }

  void show_one(const Setting& setting, const std::string& path, const Entry* entry, bool takes_flag) {
    const std::optional<std::string> flag = takes_flag ? flag_of(setting) : std::nullopt;
    if (flag) {
      // Of the columns the section has it.
      const std::string_view name =
          setting.flag.empty() ? find_setting(section_of(setting))->flag : setting.flag;
      add(setting, path, *flag, "flag " + std::string(name.substr(0, name.find(' '))));
    } else if (entry != nullptr && entry->value->kind != NodeKind::null) {
      add(setting, path, value_of(*entry->value),
          fmt::format("{}:{}", source_.name(), entry->key_place.line));
    } else {
      add(setting, path, std::string(setting.default_value), setting.default_value.empty() ? "" : "default");
    }
  }

  void add(const Setting& setting, std::string path, std::string value, const std::string& origin) {
    if (setting.is_secret && !value.empty()) {
      value = kHidden;
    } else if (setting.kind == ValueKind::variable_name && !value.empty()) {
      value = show_variable(value);
    } else if (!path.ends_with("_spreadsheet_id")) {
      value = mask_words(value);
    }
    shown_.push_back({std::move(path), shorten(sanitize_for_terminal(value), kShownColumns),
                      sanitize_for_terminal(origin)});
  }

  static std::string value_of(const YamlNode& node) {
    if (node.kind == NodeKind::scalar) return node.text;
    if (node.kind == NodeKind::map) return fmt::format("{} keys", node.entries.size());
    const bool are_texts =
        std::ranges::all_of(node.items, [](const YamlNode* item) { return item->kind == NodeKind::scalar; });
    if (!are_texts) return fmt::format("{} entries", node.items.size());
    std::string all;
    for (const YamlNode* item : node.items) all += (all.empty() ? "" : ", ") + item->text;
    return "[" + all + "]";
  }

  const Entry* node_at(std::string_view path) const {
    const YamlNode* map = root_;
    for (;;) {
      const std::size_t dot = path.find('.');
      const Entry* entry = entry_of(map, path.substr(0, dot));
      if (entry == nullptr || dot == std::string_view::npos) return entry;
      map = entry->value;
      path.remove_prefix(dot + 1);
    }
  }

  std::optional<std::string> flag_of(const Setting& setting) const {
    const std::string_view path = setting.path;
    if (path == "source") return flags_.source;
    if (path == "source_tab") return flags_.source_tab;
    if (path == "target") return flags_.target;
    if (path == "language") return flags_.language;
    if (path == "rules_file") return flags_.rules_file;
    if (path == "prices_file") return flags_.prices_file;
    if (path == "cache_path") return flags_.cache_path;
    if (path == "llm.providers.N.model") return flags_.model;
    if (path == "llm.providers.N.base_url") return flags_.base_url;
    if (path == "llm.providers.N.request_timeout") return text_of(flags_.request_timeout_seconds);
    if (path == "llm.max_workers") return text_of(flags_.workers);
    if (path == "max_cost") return text_of(flags_.max_cost);
    if (path == "max_requests") return text_of(flags_.max_requests);
    if (path == "max_time") return text_of(flags_.max_time_seconds);
    if (path == "mode" && flags_.is_batch) return "batch";
    if (path == "allowed_statuses" && !flags_.allowed_statuses.empty())
      return fmt::format("[{}]", fmt::join(flags_.allowed_statuses, ", "));
    if (path == "redact" && !flags_.redact.empty())
      return fmt::format("[{}]", fmt::join(flags_.redact, ", "));
    if (path.starts_with("columns.")) {
      const std::string prefix = std::string(key_of(setting)) + "=";
      for (const std::string& column : flags_.columns) {
        if (column.starts_with(prefix)) return column.substr(prefix.size());
      }
    }
    return std::nullopt;
  }

  const Overrides& flags_;
  std::vector<std::string> ignored_;  // warnings that load_settings() gives
  Environment environment_;
  const YamlNode* root_;
  const YamlNode* llm_ = nullptr;
  const YamlNode* providers_ = nullptr;
  const SourceText& source_;
  std::vector<ShownSetting> shown_;
};

}  // namespace

std::vector<ShownSetting> show_settings(const LoadRequest& request) {
  const SourceText source = read_source(request);
  MistakeCollector mistakes(source);
  std::optional<YamlTree> tree;
  if (request.config_path) {
    tree = parse_yaml(mistakes);
    if (!tree) throw Fatal(ExitCode::config, render(mistakes.take()));
  }
  return Shower(request, tree ? tree->root() : nullptr, source).show();
}

std::string default_cache_path(const EnvironmentLookup& environment) {
  const std::string directory = environment ? environment("XDG_STATE_HOME").value_or("") : std::string();
  if (directory.starts_with('/')) return directory + "/status-validator/answers.sqlite";
  return std::string(find_setting("cache_path")->default_value);
}

std::optional<std::string> user_settings_file(const EnvironmentLookup& environment) {
  if (!environment) return std::nullopt;
  std::string directory = environment("XDG_CONFIG_HOME").value_or("");
  if (!directory.starts_with('/')) {
    const std::string home = environment("HOME").value_or("");
    if (!home.starts_with('/')) return std::nullopt;
    directory = home + "/.config";
  }
  std::string path = directory + "/status-validator/config.yaml";
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return path;
}

}  // namespace sv::config
