#include "cli/assemble_plan.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/assemble.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/exit_codes.hpp"
#include "cli/load_settings.hpp"
#include "cli/messages.hpp"
#include "cli/open_tables.hpp"
#include "cli/provider_keys.hpp"
#include "cli/reading_context.hpp"
#include "cli/take_or_throw.hpp"
#include "cli/wait_for.hpp"
#include "cost/price_book.hpp"
#include "cost/spending_limit.hpp"
#include "engine/count_rows.hpp"
#include "llm/online_outlook.hpp"
#include "llm/prompt_cache_watch.hpp"
#include "llm/usage_forecast.hpp"
#include "prompt/question.hpp"
#include "report/plan_text.hpp"
#include "store/sqlite_store.hpp"
#include "tables/scratch_directory.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

constexpr std::string_view kOpenAi = "https://api.openai.com/v1";

// Whether so much of a longer beginning as is needed for the prompt cache costs less than the short one in
// full.
std::optional<report::PlannedProvider::ShortPrefix> short_prefix(std::uint64_t prefix_tokens,
                                                                 const domain::TokenPrices& prices) {
  if (prefix_tokens >= llm::kLeastCachedTokens || prices.input == 0) return std::nullopt;
  const double cache_price =
      static_cast<double>(prices.cached_input.value_or(prices.input)) / static_cast<double>(prices.input);
  const bool is_cheaper =
      cache_price * static_cast<double>(llm::kLeastCachedTokens) < static_cast<double>(prefix_tokens);
  if (!is_cheaper) return std::nullopt;
  return report::PlannedProvider::ShortPrefix{.needed = llm::kLeastCachedTokens, .cache_price = cache_price};
}

report::PlannedProvider planned(const config::ProviderSettings& provider, const config::LlmSettings& settings,
                                const llm::UsageForecast::Expected& expected,
                                const llm::LearntLimits& learnt) {
  report::PlannedProvider planned;
  planned.name = provider.name;
  planned.model = provider.model;
  planned.rpm = provider.rpm;
  planned.tpm = provider.tpm;
  if (!planned.rpm && !planned.tpm && (learnt.rpm || learnt.tpm)) {
    planned.rpm = learnt.rpm;
    planned.tpm = learnt.tpm;
    planned.are_limits_learnt = true;
  }
  planned.requests = expected.requests;
  planned.prefix_tokens = expected.prefix_tokens;
  planned.usage = expected.usage;
  planned.history = expected.history;
  planned.latency = expected.latency;
  const auto known = cost::PriceBook(settings.prices).find(provider.base_url, provider.model);
  if (!known) return planned;
  planned.cost = domain::cost_of(expected.usage, known->prices);
  planned.short_prefix = short_prefix(expected.prefix_tokens, known->prices);
  // Tiers are OpenAI's; the Batch API is asked of the first provider only.
  if (provider.base_url == kOpenAi || provider.is_flex) {
    planned.flex_cost =
        domain::cost_of(expected.usage, known->flex ? *known->flex : domain::half_of(known->prices));
  }
  if (provider.priority == settings.providers.front().priority) {
    planned.batch_cost = cost::expected_batch_cost(expected.usage, known->prices);
  }
  planned.price_note = (known->read_on.empty() ? std::string("at the prices that are set")
                                               : fmt::format("at the prices of {}", known->read_on)) +
                       (known->source.empty() ? "" : ", " + sanitize_for_terminal(known->source));
  return planned;
}

}  // namespace

ExitCode plan_command(const RunArguments& arguments) {
  if (arguments.is_verbose) set_log_level(LogLevel::debug);
  const config::Settings settings = load_settings_without_keys(arguments);
  for (const std::string& warning : settings.warnings) log(LogLevel::warning, "{}", warning);
  ReadingContext context;
  const AssembleRequest request = context.request(settings, arguments);
  const OpenedSource source = open_source(request, context.quota);
  std::optional<OpenedSink> sink;
  const bool has_target = !settings.target.empty() || is_sheets_target(settings);
  if (arguments.must_ask_overdue && has_target) sink = open_sink(request, source, context.quota, stdout);
  const domain::Rulebook rulebook = rulebook_of(settings);
  const prompt::QuestionBuilder question(rulebook, source.rows->columns());
  const ProviderKeys keys = keys_of(question, settings.llm.providers);
  // Where no run has been, none is begun: no file is left behind.
  std::optional<tables::ScratchDirectory> scratch;
  std::string cache_path = settings.cache_path;
  std::error_code error;
  if (!std::filesystem::exists(cache_path, error)) {
    scratch.emplace(take_or_throw(tables::ScratchDirectory::make(), source_exit_code));
    cache_path = scratch->path() + "/answers.sqlite";
  }
  const store::OpenedStore store = take_or_throw(
      store::open_sqlite_store({.path = cache_path, .executor = context.io.get_executor(), .run_id = "plan"}),
      store_exit_code);
  std::vector<llm::UsageForecast> forecasts;
  forecasts.reserve(settings.llm.providers.size());
  for (const config::ProviderSettings& provider : settings.llm.providers) {
    forecasts.emplace_back(provider.base_url, provider.model, question, *store.store,
                           worker_count(settings.llm));
  }
  const std::chrono::year_month_day today = local_date(context.clock.wall_now());
  const std::string today_line = prompt::today_line(today);
  const engine::RowCounts counts =
      take_or_throw(wait_for(context.io, engine::count_rows({.source = *source.rows,
                                                             .cache = *store.store,
                                                             .keys = keys,
                                                             .must_ask_all = arguments.must_ask_all,
                                                             .target = sink ? &sink->outcomes() : nullptr,
                                                             .today = std::chrono::sys_days(today),
                                                             .rulebook = &rulebook},
                                                            [&](const domain::Row& row) {
                                                              for (llm::UsageForecast& forecast : forecasts) {
                                                                forecast.add(row, today_line);
                                                              }
                                                            })),
                    source_exit_code);
  report::Plan plan{.rows = counts.rows,
                    .skipped = counts.skipped,
                    .cached = counts.cached,
                    .decided = counts.decided,
                    .duplicates = counts.duplicates,
                    .to_ask = counts.to_ask,
                    .providers = {},
                    .workers = settings.llm.max_workers};
  plan.providers.reserve(forecasts.size());
  for (std::size_t i = 0; i < forecasts.size(); ++i) {
    plan.providers.push_back(planned(settings.llm.providers[i], settings.llm, forecasts[i].expected(),
                                     llm::recall_limits(*store.store, settings.llm.providers[i].base_url,
                                                        settings.llm.providers[i].model)));
  }
  fmt::print("{}", arguments.is_json ? report::plan_json(plan) : report::render_plan(plan, phrasebook()));
  return ExitCode::ok;
}

}  // namespace sv::cli
