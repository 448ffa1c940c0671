#include "config/load.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "config/base_url.hpp"
#include "config/checks_reader.hpp"
#include "config/environment.hpp"
#include "config/files.hpp"
#include "config/flags.hpp"
#include "config/mistake.hpp"
#include "config/origins.hpp"
#include "config/price_file.hpp"
#include "config/provider_reader.hpp"
#include "config/redaction_names.hpp"
#include "config/section.hpp"
#include "config/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace sv::config {

namespace {

constexpr std::size_t kMaxSettingsBytes = std::size_t{1} << 20U;  // security.md §7
// Every request carries the rulebook: a megabyte is more than any model's context.
constexpr std::size_t kMaxRulesBytes = std::size_t{1} << 20U;
constexpr std::size_t kShownColumns = 60;

ExitCode exit_code_of(ErrorKind kind, ExitCode otherwise) {
  if (kind == ErrorKind::not_found) return ExitCode::no_input;
  if (kind == ErrorKind::permission_denied) return ExitCode::no_permission;
  return otherwise;
}

SourceText read_settings_file(const LoadRequest& request) {
  if (!request.config_path) return {"", ""};
  const std::string path = join_path(request.working_directory, *request.config_path);
  Result<std::string> content = read_whole_file(path, kMaxSettingsBytes);
  if (!content)
    throw Fatal(exit_code_of(content.error().kind, ExitCode::config), "error: " + content.error().message);
  return {*request.config_path, std::move(*content)};
}

class Loader {
 public:
  Loader(const LoadRequest& request, const SourceText& source)
      : request_(request),
        flags_(request.overrides),
        environment_(request, settings_.warnings),
        mistakes_(source) {}

  Settings load() {
    std::optional<YamlTree> tree;
    if (request_.config_path) {
      tree = parse_yaml(mistakes_);
      if (!tree) give_up(ExitCode::config);
      if (tree->root() == nullptr || tree->root()->kind == NodeKind::null) {
        mistakes_.add(Place{.line = 1, .column = 1}, "the file holds no settings");
        give_up(ExitCode::config);
      }
    }
    const Section top(tree ? tree->root() : nullptr, Place{}, "", {""}, mistakes_);
    if (!mistakes_.is_empty() && tree->root()->kind != NodeKind::map) give_up(ExitCode::config);
    read_sheets(top);
    read_columns(top);
    read_rows(top);
    read_rulebook(top);
    settings_.llm = read_llm(top, environment_, flags_, request_.needs_keys, mistakes_, settings_.warnings);
    read_price_file(top);
    read_paths(top);
    if (!mistakes_.is_empty()) give_up(request_.config_path ? ExitCode::config : exit_code_without_file());
    return std::move(settings_);
  }

 private:
  [[noreturn]] void give_up(ExitCode code) { throw Fatal(code, render(mistakes_.take())); }

  // Without a settings file what is missing was to be a flag, but for the key.
  ExitCode exit_code_without_file() const {
    const bool has_all_flags = flags_.rules_file && !settings_.rules_text.empty() && flags_.model;
    return has_all_flags ? ExitCode::config : ExitCode::usage;
  }

  static bool names_any(const Section& section, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view name) { return section.has(name); });
  }

  void read_sheets(const Section& top) {
    const Section section = top.section("sheets", {"sheets"});
    if (!top.has("sheets")) return;
    SheetsSettings sheets;
    // Relative to the working directory, as in the Python original.
    sheets.credentials_file = environment_.expand_home(required(section, "credentials_file"));
    // Either may be a file instead; a spreadsheet is named together with its tab.
    const bool has_source = names_any(section, {"source_spreadsheet_id", "source_sheet_name"});
    const bool has_target = names_any(section, {"target_spreadsheet_id", "target_sheet_name"});
    if (has_source || !has_target) {
      sheets.source_spreadsheet_id = required(section, "source_spreadsheet_id");
      sheets.source_sheet_name = required(section, "source_sheet_name");
    }
    if (const auto gid = section.whole_number("source_sheet_gid")) {
      sheets.source_sheet_gid = static_cast<std::int64_t>(*gid);
    }
    if (has_target) {
      sheets.target_spreadsheet_id = required(section, "target_spreadsheet_id");
      sheets.target_sheet_name = required(section, "target_sheet_name");
    }
    sheets.rules_sheet_name = section.text("rules_sheet_name").value_or("");
    const std::string base_url = section.text("api_base_url").value_or(default_text("sheets.api_base_url"));
    Result<BaseUrl> checked = check_base_url(base_url);
    if (checked) {
      sheets.api_base_url = std::move(checked->url);
    } else {
      mistakes_.add(section.place_of("api_base_url"), "sheets.api_base_url " + checked.error().message);
    }
    settings_.sheets = std::move(sheets);
  }

  std::string required(const Section& section, std::string_view key) {
    const bool is_reported = section.has(key) || section.has_unknown_keys();
    std::optional<std::string> text = section.text(key);
    if (!text && !is_reported) {
      mistakes_.add(section.place_of(key), fmt::format("{} is missing", section.path_of(key)));
    }
    return std::move(text).value_or("");
  }

  void read_columns(const Section& top) {
    const Section section = top.section("columns", {"columns"});
    ColumnSettings& columns = settings_.columns;
    columns.status = section.text("status").value_or("");
    columns.comment = section.text("comment").value_or("");
    columns.completion_date = section.text("completion_date").value_or("");
    columns.identifier = section.text("identifier").value_or("");
    columns.project_manager = section.text("project_manager").value_or("");
    apply_columns(flags_, columns);
    columns.are_guessed = columns.status.empty() && columns.comment.empty() &&
                          columns.completion_date.empty() && columns.identifier.empty() &&
                          columns.project_manager.empty();
  }

  void read_rows(const Section& top) {
    settings_.allowed_statuses = top.text_list("allowed_statuses");
    if (!flags_.allowed_statuses.empty()) settings_.allowed_statuses = flags_.allowed_statuses;
    settings_.checks.list = read_checks(top.node("checks"), mistakes_);
    const std::string ask_model = top.text("ask_model").value_or(default_text("ask_model"));
    if (ask_model != "always" && ask_model != "unless_failed") {
      mistakes_.add(top.place_of("ask_model"), "ask_model must be always or unless_failed");
    }
    settings_.checks.ask_only_if_passed = ask_model == "unless_failed";
    for (const std::string& what : top.text_list("redact")) {
      if (add_redaction(what, settings_.redaction)) continue;
      mistakes_.add(top.place_of("redact"), fmt::format("redact must hold {}, got {}", kRedactable,
                                                        "'" + shorten(what, kShownColumns) + "'"));
    }
    for (const std::string& what : flags_.redact) add_redaction(what, settings_.redaction);
    const std::string mode = fold_case(top.text("mode").value_or(default_text("mode")));
    if (mode != "online" && mode != "batch") {
      mistakes_.add(top.place_of("mode"), "mode must be online or batch");
    }
    settings_.is_batch = flags_.is_batch || mode == "batch";
    read_deadline(top);
    settings_.max_cost = flags_.max_cost ? flags_.max_cost : top.number("max_cost");
    settings_.max_requests = flags_.max_requests ? flags_.max_requests : top.whole_number("max_requests");
    const std::optional<double> seconds =
        flags_.max_time_seconds ? flags_.max_time_seconds : top.number("max_time");
    if (seconds) settings_.max_time = from_seconds(*seconds);
    settings_.drain_timeout =
        from_seconds(top.number("drain_timeout").value_or(default_number("drain_timeout")));
    settings_.batch_size = static_cast<std::uint32_t>(
        top.whole_number("batch_size").value_or(default_whole_number("batch_size")));
    const std::optional<std::uint64_t> header = top.whole_number("header_row");
    const std::optional<std::uint64_t> data = top.whole_number("data_start_row");
    settings_.header_row = header.value_or(default_whole_number("header_row"));
    // The original's default is 2, and it refuses a header below row 1 without a data_start_row; the next row
    // is what was meant.
    settings_.data_start_row = data.value_or(settings_.header_row + 1);
    if (data && settings_.data_start_row <= settings_.header_row) {
      mistakes_.add(
          top.place_of("data_start_row"),
          fmt::format("data_start_row must be below header_row ({}), got {}", settings_.header_row, *data));
    }
  }

  void read_deadline(const Section& top) {
    const std::optional<std::string> text = flags_.deadline ? flags_.deadline : top.text("deadline");
    if (!text) return;
    settings_.deadline = parse_deadline(*text);
    if (!settings_.deadline) {
      mistakes_.add(top.place_of("deadline"),
                    fmt::format("deadline must be {}, got '{}'", kDeadlineForm,
                                shorten(sanitize_for_terminal(*text), kShownColumns)));
    } else if (!settings_.is_batch && !flags_.deadline) {
      mistakes_.add(top.place_of("deadline"), "deadline is about batches", "add mode: batch");
    }
  }

  void read_rulebook(const Section& top) {
    const std::optional<std::string> text = top.text("rules_text");
    const std::optional<std::string> file = top.text("rules_file");
    if (text && file) {
      mistakes_.add(top.place_of("rules_file"), "rules_text and rules_file cannot both be given",
                    "keep one of them");
    }
    if (flags_.rules_file) {
      settings_.rules_text =
          read_rules_file(join_path(request_.working_directory, *flags_.rules_file), std::nullopt);
    } else if (text) {
      settings_.rules_text = *text;
    } else if (file) {
      const std::string path = join_path(request_.working_directory, in_settings_directory(*file));
      settings_.rules_text = read_rules_file(path, top.place_of("rules_file"));
    } else if (!top.has("rules_text") && !top.has("rules_file") && !top.has_unknown_keys()) {
      mistakes_.add(top.place_of("rules_text"), "no rulebook: what should the rows be judged against?",
                    request_.config_path ? "give rules_text, rules_file or --rules FILE"
                                         : "give --rules FILE, or begin with `status-validator init`");
    }
    read_language(top);
  }

  // A mistake of a flag ends the program at once, one of the file is collected.
  std::string read_rules_file(const std::string& path, std::optional<Place> place) {
    Result<std::string> content = read_whole_file(path, kMaxRulesBytes);
    ErrorKind kind = ErrorKind::invalid_input;
    std::string problem;
    if (!content) {
      kind = content.error().kind;
      problem = content.error().message;
    } else if (const auto broken = find_invalid_utf8(*content)) {
      problem = fmt::format("'{}' is not UTF-8 text (byte {})", path, *broken + 1);
    } else if (is_blank(*content)) {
      problem = fmt::format("'{}' is empty", path);
    }
    if (problem.empty()) return std::string(SourceText(path, std::move(*content)).text());
    const std::string message = "the rulebook: " + sanitize_for_terminal(problem);
    if (!place) throw Fatal(exit_code_of(kind, ExitCode::bad_data), "error: " + message);
    mistakes_.add(*place, message);
    return {};
  }

  void read_price_file(const Section& top) {
    const std::optional<std::string> named = top.text("prices_file");
    if (!flags_.prices_file && !named) return;
    const std::string path = join_path(
        request_.working_directory, flags_.prices_file ? *flags_.prices_file : in_settings_directory(*named));
    Result<std::string> content = read_whole_file(path, kMaxSettingsBytes);
    if (content) {
      settings_.llm.prices = read_prices(SourceText(path, std::move(*content)));
      return;
    }
    const std::string message = "the prices: " + sanitize_for_terminal(content.error().message);
    if (flags_.prices_file)
      throw Fatal(exit_code_of(content.error().kind, ExitCode::config), "error: " + message);
    mistakes_.add(top.place_of("prices_file"), message);
  }

  void read_language(const Section& top) {
    const std::string given = fold_case(top.text("language").value_or(default_text("language")));
    if (given != "auto" && given != "ru" && given != "en") {
      mistakes_.add(top.place_of("language"), "language must be auto, en or ru");
    }
    const std::string wanted = flags_.language ? fold_case(*flags_.language) : given;
    settings_.language = wanted == "auto" ? domain::detect_language(settings_.rules_text)
                         : wanted == "ru" ? domain::Language::russian
                                          : domain::Language::english;
  }

  std::string in_settings_directory(const std::string& path) const {
    return join_path(directory_of(request_.config_path.value_or("")), environment_.expand_home(path));
  }

  void read_paths(const Section& top) {
    const auto source = top.text("source");
    const auto target = top.text("target");
    const auto cache = top.text("cache_path");
    settings_.source = flags_.source ? *flags_.source : source ? in_settings_directory(*source) : "";
    settings_.source_tab = flags_.source_tab ? *flags_.source_tab : top.text("source_tab").value_or("");
    settings_.target = flags_.target ? *flags_.target : target ? in_settings_directory(*target) : "";
    settings_.cache_path = flags_.cache_path ? *flags_.cache_path
                           : cache           ? environment_.expand_home(*cache)
                           : request_.is_users_own || !request_.config_path
                               ? default_cache_path(request_.environment)
                               : in_settings_directory(default_text("cache_path"));
  }

  const LoadRequest& request_;
  const Overrides& flags_;
  Settings settings_;
  Environment environment_;
  MistakeCollector mistakes_;
};

}  // namespace

Settings load_settings(const LoadRequest& request) {
  check_flags(request.overrides);
  const SourceText source = read_settings_file(request);
  return Loader(request, source).load();
}

}  // namespace sv::config
