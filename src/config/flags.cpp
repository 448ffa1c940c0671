#include "config/flags.hpp"

#include "base/fatal.hpp"
#include "base/text.hpp"
#include "config/deadline.hpp"
#include "config/redaction_names.hpp"
#include "config/settings_table.hpp"
#include "config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace sv::config {

namespace {

constexpr std::array<std::string_view, 5> kFields = {"status", "comment", "completion_date", "identifier",
                                                     "project_manager"};
constexpr std::array<std::string_view, 3> kLanguages = {"auto", "en", "ru"};
constexpr std::size_t kShownColumns = 60;

std::string show(std::string_view text) {
  return "'" + shorten(sanitize_for_terminal(text), kShownColumns) + "'";
}

[[noreturn]] void refuse(std::string message, const std::string& help) {
  if (!help.empty()) message += "\n      = help: " + help;
  throw Fatal(ExitCode::usage, "error: " + message);
}

struct NamedColumn {
  std::string_view field;
  std::string_view header;
};

NamedColumn split(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos) {
    refuse(fmt::format("--column {} must be FIELD=HEADER", show(argument)),
           fmt::format("for example --column comment=Comment; fields: {}", fmt::join(kFields, ", ")));
  }
  return {trim(argument.substr(0, equals)), trim(argument.substr(equals + 1))};
}

// The member of `columns` that a field names.
std::string* header_of(ColumnSettings& columns, std::string_view field) {
  if (field == "status") return &columns.status;
  if (field == "comment") return &columns.comment;
  if (field == "completion_date") return &columns.completion_date;
  if (field == "identifier") return &columns.identifier;
  if (field == "project_manager") return &columns.project_manager;
  return nullptr;
}

void check_number(std::string_view flag, std::string_view path, double value) {
  const Setting* setting = find_setting(path);
  if (value >= setting->least && value <= setting->most) return;
  refuse(fmt::format("{} must be {}..{}, got {}", flag, setting->least, setting->most, value), {});
}

void check_range(std::string_view flag, std::string_view path, double value) {
  const Setting* setting = find_setting(path);
  const double least = std::ceil(setting->least);  // flags take whole numbers only
  if (value >= least && value <= setting->most) return;
  refuse(fmt::format("{} must be {}..{}, got {}", flag, least, setting->most, value), {});
}

}  // namespace

void check_flags(const Overrides& overrides) {
  ColumnSettings seen;
  for (const std::string& argument : overrides.columns) {
    const auto [field, header] = split(argument);
    std::string* const slot = header_of(seen, field);
    if (slot == nullptr) {
      std::string help = did_you_mean(field, kFields);
      if (help.empty()) help = fmt::format("fields: {}", fmt::join(kFields, ", "));
      refuse(fmt::format("--column names an unknown field {}", show(field)), help);
    }
    if (header.empty())
      refuse(fmt::format("--column {} names no header", show(argument)), "write FIELD=HEADER");
    if (!slot->empty()) refuse(fmt::format("--column {} is given twice", field), "keep one of them");
    *slot = header;
  }
  if (overrides.deadline && !parse_deadline(*overrides.deadline)) {
    refuse(fmt::format("--deadline must be {}, got {}", kDeadlineForm, show(*overrides.deadline)), {});
  }
  if (overrides.max_cost) check_number("--max-cost", "max_cost", *overrides.max_cost);
  if (overrides.max_requests)
    check_range("--max-requests", "max_requests", static_cast<double>(*overrides.max_requests));
  if (overrides.max_time_seconds) check_number("--max-time", "max_time", *overrides.max_time_seconds);
  if (overrides.workers) check_range("--workers", "llm.max_workers", *overrides.workers);
  if (overrides.request_timeout_seconds) {
    check_range("--request-timeout", "llm.providers.N.request_timeout", *overrides.request_timeout_seconds);
  }
  if (overrides.language &&
      std::ranges::find(kLanguages, fold_case(*overrides.language)) == kLanguages.end()) {
    refuse(fmt::format("--language must be auto, en or ru, got {}", show(*overrides.language)), {});
  }
  for (const std::string& status : overrides.allowed_statuses) {
    if (is_blank(status)) refuse("--allowed-status names no status", {});
  }
  for (const std::string& what : overrides.redact) {
    domain::Redaction redaction;
    if (!add_redaction(what, redaction)) {
      refuse(fmt::format("--redact must be {}, got {}", kRedactable, show(what)), {});
    }
  }
  if (overrides.model && is_blank(*overrides.model)) refuse("--model names no model", {});
}

void apply_columns(const Overrides& overrides, ColumnSettings& columns) {
  for (const std::string& argument : overrides.columns) {
    const auto [field, header] = split(argument);
    *header_of(columns, field) = header;
  }
}

}  // namespace sv::config
