#include "cli/report_settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sv::cli {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void add_provider(const config::ProviderSettings& provider, Pairs& to) {
  const std::string name = fmt::format("llm.providers[{}].", provider.priority);
  to.emplace_back(name + "name", provider.name);
  to.emplace_back(name + "model", provider.model);
  to.emplace_back(name + "base_url", provider.base_url);
  to.emplace_back(name + "api_key", provider.api_key.is_empty() ? "none" : "given (not shown)");
  if (provider.temperature) to.emplace_back(name + "temperature", fmt::format("{}", *provider.temperature));
  to.emplace_back(name + "max_output_tokens", fmt::format("{}", provider.max_output_tokens));
  to.emplace_back(name + "request_timeout", fmt::format("{:.0f} s", to_seconds(provider.request_timeout)));
  if (provider.max_workers) to.emplace_back(name + "max_workers", fmt::format("{}", *provider.max_workers));
  if (provider.rpm) to.emplace_back(name + "rpm", fmt::format("{}", *provider.rpm));
  if (provider.tpm) to.emplace_back(name + "tpm", fmt::format("{}", *provider.tpm));
}

}  // namespace

Pairs settings_for_report(const config::Settings& settings) {
  Pairs pairs;
  const auto add = [&pairs](std::string_view name, std::string value) {
    pairs.emplace_back(name, std::move(value));
  };
  const auto add_if_given = [&add](std::string_view name, const std::string& value) {
    if (!value.empty()) add(name, value);
  };
  add_if_given("source", settings.source);
  add_if_given("source_tab", settings.source_tab);
  add_if_given("target", settings.target);
  if (settings.sheets) {
    add_if_given("sheets.source_spreadsheet_id", settings.sheets->source_spreadsheet_id);
    add_if_given("sheets.source_sheet_name", settings.sheets->source_sheet_name);
    add_if_given("sheets.target_spreadsheet_id", settings.sheets->target_spreadsheet_id);
    add_if_given("sheets.target_sheet_name", settings.sheets->target_sheet_name);
  }
  add_if_given("columns.status", settings.columns.status);
  add_if_given("columns.comment", settings.columns.comment);
  add_if_given("columns.completion_date", settings.columns.completion_date);
  add_if_given("columns.identifier", settings.columns.identifier);
  add_if_given("columns.project_manager", settings.columns.project_manager);
  if (!settings.allowed_statuses.empty())
    add("allowed_statuses", fmt::format("{}", fmt::join(settings.allowed_statuses, " · ")));
  std::string hidden;
  for (const auto& [is_hidden, name] :
       {std::pair(settings.redaction.project_managers, "project_manager"),
        std::pair(settings.redaction.identifiers, "identifier"),
        std::pair(settings.redaction.emails, "email"), std::pair(settings.redaction.phones, "phone")}) {
    if (is_hidden) hidden += (hidden.empty() ? "" : ", ") + std::string(name);
  }
  add_if_given("redact", hidden);
  add("language", std::string(domain::language_code(settings.language)));
  for (const config::ProviderSettings& provider : settings.llm.providers) add_provider(provider, pairs);
  add("llm.max_workers", settings.llm.max_workers ? fmt::format("{}", *settings.llm.max_workers) : "auto");
  add("llm.max_retries", fmt::format("{}", settings.llm.max_retries));
  add("llm.hedge_budget", fmt::format("{}", settings.llm.hedge_budget));
  if (settings.max_cost) add("max_cost", fmt::format("{}", *settings.max_cost));
  if (settings.max_requests) add("max_requests", fmt::format("{}", *settings.max_requests));
  if (settings.max_time) add("max_time", fmt::format("{:.0f} s", to_seconds(*settings.max_time)));
  add("cache_path", settings.cache_path);
  return pairs;
}

}  // namespace sv::cli
