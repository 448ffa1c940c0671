#include "cli/assemble_plan.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/assemble.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/exit_codes.hpp"
#include "cli/load_settings.hpp"
#include "cli/open_tables.hpp"
#include "cli/provider_keys.hpp"
#include "cli/reading_context.hpp"
#include "cli/take_or_throw.hpp"
#include "cli/wait_for.hpp"
#include "cost/price_book.hpp"
#include "engine/place_rows.hpp"
#include "llm/prompt_tokens.hpp"
#include "llm/usage_history.hpp"
#include "prompt/question.hpp"
#include "report/plan_text.hpp"
#include "store/sqlite_store.hpp"
#include "tables/scratch_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

constexpr std::size_t kRowsAtOnce = 256;
// Before the first answer it is reckoned that each row gets a rewrite of its own length (all that changes in
// a prompt from row to row), with so much around it. Sheets whose rows are mostly valid cost less.
constexpr double kOutputBesideRewrite = 25;
// Below it no provider keeps a prefix (openai-api.md §4), and it keeps it in such steps.
constexpr std::uint64_t kLeastCached = 1024;
constexpr std::uint64_t kCachedStep = 128;

// What the rows to ask would take at one provider.
class Reckoning {
 public:
  Reckoning(const config::ProviderSettings& provider, const config::LlmSettings& settings,
            const prompt::QuestionBuilder& question, ports::LearntFacts& facts)
      : provider_(provider),
        settings_(settings),
        tokens_(provider.base_url, provider.model, question, facts) {
    const auto fact =
        facts.recall(llm::usage_fact_name(provider.base_url, provider.model, question.revision()));
    if (fact) history_ = llm::UsageHistory::decode(*fact).value_or(llm::UsageHistory{});
  }

  void add(const domain::Row& row, std::string_view today) {
    ++rows_;
    input_ += tokens_.estimate(row, prompt::Correction::none, today);
  }

  report::PlannedProvider result() const {
    report::PlannedProvider planned;
    planned.name = provider_.name;
    planned.model = provider_.model;
    planned.rpm = provider_.rpm;
    planned.tpm = provider_.tpm;
    const auto rows = static_cast<double>(rows_);
    const bool has_history = history_.answers > 0;
    planned.history = history_.answers;
    const auto answers = static_cast<double>(history_.answers);
    planned.requests = has_history ? rows * static_cast<double>(history_.requests) / answers : rows;
    const double repeats = rows > 0 ? planned.requests / rows : 1;
    planned.usage.input = static_cast<std::uint64_t>(std::llround(static_cast<double>(input_) * repeats));
    planned.usage.output = static_cast<std::uint64_t>(std::llround(
        has_history ? rows * static_cast<double>(history_.usage.output) / answers : first_output_guess()));
    planned.usage.cached_input = std::min(planned.usage.input, cached_tokens(planned.requests));
    if (has_history) planned.latency = history_.latency / static_cast<std::int64_t>(history_.answers);
    const auto known = cost::PriceBook(settings_.prices).find(provider_.base_url, provider_.model);
    if (!known) return planned;
    planned.cost = domain::cost_of(planned.usage, known->prices);
    planned.price_note = fmt::format(
        "at the prices {}{}",
        known->read_on.empty() ? std::string("that are set") : fmt::format("of {}", known->read_on),
        known->source.empty() ? "" : ", " + sanitize_for_terminal(known->source));
    return planned;
  }

 private:
  double first_output_guess() const {
    const auto prefix = static_cast<double>(tokens_.estimate_prefix());
    const auto rows = static_cast<double>(rows_);
    return std::max(0.0, static_cast<double>(input_) - rows * prefix) + rows * kOutputBesideRewrite;
  }
  // All requests but those of the first wave find the prefix there.
  std::uint64_t cached_tokens(double requests) const {
    if (history_.requests > 0) {
      return static_cast<std::uint64_t>(
          std::llround(requests * static_cast<double>(history_.usage.cached_input) /
                       static_cast<double>(history_.requests)));
    }
    const std::uint64_t prefix = tokens_.estimate_prefix();
    if (prefix < kLeastCached || requests < 1) return 0;
    const std::uint64_t kept = prefix / kCachedStep * kCachedStep;
    const double first_wave = std::min<double>(worker_count(settings_), requests / 2);
    return static_cast<std::uint64_t>(std::llround((requests - first_wave) * static_cast<double>(kept)));
  }

  const config::ProviderSettings& provider_;
  const config::LlmSettings& settings_;
  llm::PromptTokens tokens_;
  llm::UsageHistory history_;
  std::uint64_t rows_ = 0;
  std::uint64_t input_ = 0;
};

struct PlanContext {
  const RunArguments& arguments;
  const config::Settings& settings;
  ports::RowSource& source;
  ports::OutcomeSink* sink;  // null: check dates are not asked for
  ports::AnswerCache& cache;
  const ProviderKeys& keys;
  std::vector<std::unique_ptr<Reckoning>>& reckonings;
  Clock& clock;
};

boost::asio::awaitable<Result<report::Plan>> count(PlanContext context) {
  report::Plan plan;
  std::optional<engine::PlacedRows> placed;
  if (context.sink != nullptr) {
    const std::chrono::sys_days today(local_date(context.clock.wall_now()));
    Result<engine::PlacedRows> found = co_await engine::place_rows(context.source, *context.sink, today);
    if (!found) co_return std::unexpected(found.error());
    placed = std::move(*found);
    const Result<void> rewound = co_await context.source.rewind();
    if (!rewound) co_return std::unexpected(rewound.error());
  }
  const std::string today = prompt::today_line(local_date(context.clock.wall_now()));
  const domain::MappedColumns columns = context.source.columns();
  std::set<domain::AnswerKey> asked;
  for (;;) {
    const Result<std::vector<domain::Row>> rows = co_await context.source.read(kRowsAtOnce);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) break;
    plan.rows += rows->size();
    ports::AnswerLookups lookups;
    lookups.keys_per_row = context.keys.keys_per_row();
    std::vector<const domain::Row*> wanted;
    for (const domain::Row& row : *rows) {
      if (engine::is_skipped(row, columns)) {
        ++plan.skipped;
        continue;
      }
      const bool is_due = placed && placed->placement.place_of(row.index).must_ask_again;
      context.keys.append_keys(row, lookups.keys);
      lookups.this_run_only.push_back(context.arguments.must_ask_all || is_due);
      wanted.push_back(&row);
    }
    const std::vector<domain::AnswerKey> keys = lookups.keys;
    const std::size_t keys_per_row = lookups.keys_per_row;
    const auto answers = co_await context.cache.find(std::move(lookups));
    if (!answers) co_return std::unexpected(answers.error());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if ((*answers)[i] != nullptr) {
        ++plan.cached;
      } else if (!asked.insert(keys[i * keys_per_row]).second) {
        ++plan.duplicates;
      } else {
        ++plan.to_ask;
        for (const auto& reckoning : context.reckonings) reckoning->add(*wanted[i], today);
      }
    }
  }
  co_return plan;
}

}  // namespace

ExitCode plan_command(const RunArguments& arguments) {
  if (arguments.is_verbose) set_log_level(LogLevel::debug);
  const config::Settings settings = load_settings(arguments);
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
  std::vector<std::unique_ptr<Reckoning>> reckonings;
  reckonings.reserve(settings.llm.providers.size());
  for (const config::ProviderSettings& provider : settings.llm.providers) {
    reckonings.push_back(std::make_unique<Reckoning>(provider, settings.llm, question, *store.store));
  }
  report::Plan plan = take_or_throw(wait_for(context.io, count({.arguments = arguments,
                                                                .settings = settings,
                                                                .source = *source.rows,
                                                                .sink = sink ? &sink->outcomes() : nullptr,
                                                                .cache = *store.store,
                                                                .keys = keys,
                                                                .reckonings = reckonings,
                                                                .clock = context.clock})),
                                    source_exit_code);
  plan.providers.reserve(reckonings.size());
  for (const auto& reckoning : reckonings) plan.providers.push_back(reckoning->result());
  plan.workers = worker_count(settings.llm);
  fmt::print("{}", arguments.is_json ? report::plan_json(plan) : report::render_plan(plan));
  return ExitCode::ok;
}

}  // namespace sv::cli
