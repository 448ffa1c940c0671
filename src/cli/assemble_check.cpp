#include "cli/assemble_check.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/assemble.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/load_settings.hpp"
#include "cli/messages.hpp"
#include "cli/open_tables.hpp"
#include "cli/reading_context.hpp"
#include "cost/price_book.hpp"
#include "report/numbers.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace sv::cli {

namespace {

void tell(std::string_view label, const std::string& text) {
  const std::size_t columns = message_language() == domain::Language::english ? 11 : 13;
  fmt::print("{:<{}}{}\n", say(label), columns, say(text));
}

std::string shown(std::string_view text) { return sanitize_for_terminal(text); }

void tell_source(const AssembleRequest& request, sheets::CallQuota& quota) {
  const config::Settings& settings = request.settings;
  if (settings.source.empty() && settings.sheets && !settings.sheets->source_spreadsheet_id.empty()) {
    tell("source", fmt::format("the tab \"{}\" of the Google spreadsheet {} (not read here)",
                               shown(settings.sheets->source_sheet_name),
                               shown(settings.sheets->source_spreadsheet_id)));
    return;
  }
  const OpenedSource source = open_source(request, quota);
  const domain::MappedColumns columns = source.rows->columns();
  std::string found = "status and comment";
  if (columns.completion_date) found += ", completion date";
  if (columns.identifier) found += ", identifier";
  if (columns.project_manager) found += ", project manager";
  tell("source",
       fmt::format("{}{}: {} found", shown(settings.source),
                   source.tab.empty() ? "" : fmt::format(" (tab \"{}\")", shown(source.tab)), found));
  if (!source.warnings) return;
  for (const std::string& warning : source.warnings()) log(LogLevel::warning, "{}", warning);
}

void tell_provider(const config::ProviderSettings& provider, const config::LlmSettings& llm) {
  std::string text = fmt::format("{}, model {}, at {}", shown(provider.name), shown(provider.model),
                                 shown(provider.base_url));
  text += provider.api_key.is_empty() ? ", no key" : ", with a key";
  if (provider.rpm) text += fmt::format(", {} requests a minute", report::grouped(*provider.rpm));
  if (provider.tpm) text += fmt::format(", {} tokens a minute", report::grouped(*provider.tpm));
  const bool has_price = cost::PriceBook(llm.prices).find(provider.base_url, provider.model).has_value();
  text += has_price ? ", price known" : ", price not known";
  tell(fmt::format("provider {}", provider.priority), text);
}

}  // namespace

ExitCode check_config_command(const RunArguments& arguments) {
  const config::Settings settings = load_settings(arguments);
  for (const std::string& warning : settings.warnings) log(LogLevel::warning, "{}", warning);
  ReadingContext context;
  tell_source(context.request(settings, arguments), context.quota);
  const std::string target = shown_target(settings);
  tell("output",
       target.empty() ? std::string("none: --dry-run, --json or --output is needed") : shown(target));
  tell("rulebook",
       fmt::format("{} bytes, {}; {}", report::grouped(settings.rules_text.size()),
                   settings.language == domain::Language::russian ? "issues in Russian" : "issues in English",
                   settings.allowed_statuses.empty()
                       ? std::string("every status is allowed")
                       : fmt::format("{} allowed statuses", settings.allowed_statuses.size())));
  for (const config::ProviderSettings& provider : settings.llm.providers)
    tell_provider(provider, settings.llm);
  tell("in flight", settings.llm.max_workers
                        ? fmt::format("{} requests at most", *settings.llm.max_workers)
                        : std::string("as many as the provider's limits and latency ask for"));
  tell("cache", shown(settings.cache_path));
  fmt::print("{}\n",
             say("The settings are fine. No provider was asked: `plan` tells what a run would cost."));
  return ExitCode::ok;
}

}  // namespace sv::cli
