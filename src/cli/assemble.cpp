#include "cli/assemble.hpp"

#include "base/available_memory.hpp"
#include "base/fatal.hpp"
#include "base/hash.hpp"
#include "base/heap.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "cli/assemble_batches.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/assemble_report_file.hpp"
#include "cli/exit_codes.hpp"
#include "cli/load_settings.hpp"
#include "cli/open_tables.hpp"
#include "cli/simulated_provider.hpp"
#include "cli/take_or_throw.hpp"
#include "config/origins.hpp"
#include "cost/price_book.hpp"
#include "cost/spending_limit.hpp"
#include "engine/count_rows.hpp"
#include "http/curl_transport.hpp"
#include "llm/usage_forecast.hpp"
#include "prompt/question.hpp"
#include "report/numbers.hpp"
#include "store/claims_file.hpp"
#include "store/limits_file.hpp"
#include "store/run_journal_file.hpp"
#include "store/sqlite_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

namespace sv::cli {

namespace {

// What a request in flight takes (bench/run.py, measure b); below so many of them preparing does not pay.
constexpr std::size_t kBytesPerWorker = std::size_t{33} << 10U;
constexpr std::uint32_t kManyWorkers = 100;
// What a run takes beside its requests: 33 MB at 200 in flight, measured.
constexpr std::size_t kBytesOfRun = std::size_t{32} << 20U;

struct FileCloser {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

// The same whether the file exists yet or not, and by whichever name it is reached.
std::string absolute(const std::string& path) {
  std::error_code error;
  const std::filesystem::path full =
      std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
  return error ? path : full.string();
}

std::string source_identity(const config::Settings& settings) {
  if (!settings.source.empty() || !settings.sheets) return absolute(settings.source);
  return fmt::format("sheets:{}/{}/{}", settings.sheets->source_spreadsheet_id,
                     settings.sheets->source_sheet_name, settings.sheets->source_sheet_gid.value_or(-1));
}

// Empty: none.
std::string target_identity(const config::Settings& settings) {
  if (!is_sheets_target(settings)) return settings.target.empty() ? std::string() : absolute(settings.target);
  return fmt::format("sheets:{}/{}", settings.sheets->target_spreadsheet_id,
                     settings.sheets->target_sheet_name);
}

// Runs are the same job when they read, ask and write the same: then one goes on where the other was cut off.
std::string fingerprint_of(const AssembleRequest& request, const prompt::QuestionBuilder& question) {
  const RunArguments& arguments = request.arguments;
  FieldHasher hasher;
  hasher.add(source_identity(request.settings)).add(request.settings.source_tab).add(question.revision());
  for (const config::ProviderSettings& provider : request.settings.llm.providers) {
    hasher.add(provider.base_url).add(provider.model);
  }
  hasher.add(fmt::format("force={} checkdate={} dry_run={} limit={}", arguments.must_ask_all,
                         arguments.must_ask_overdue, arguments.is_dry_run, arguments.limit.value_or(0)));
  return to_hex(hasher.finish());
}

// A directory that nobody named (XDG_STATE_HOME) is made as that specification asks; one that is named must
// be there, or it is a slip of the finger. What fails here is told when the cache is opened.
void make_state_directory(const std::string& cache_path) {
  if (cache_path != config::default_cache_path(settings_request({}).environment)) return;
  const std::filesystem::path directory = std::filesystem::path(cache_path).parent_path();
  std::error_code error;
  if (directory.empty() || !std::filesystem::create_directories(directory, error)) return;
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
}

std::unique_ptr<store::RunJournalFile> open_journal(const AssembleRequest& request,
                                                    const prompt::QuestionBuilder& question) {
  const config::Settings& settings = request.settings;
  const std::string target = target_identity(settings);
  const bool writes = !request.arguments.is_dry_run && !target.empty();
  store::RunJournalOptions options;
  options.cache_path = settings.cache_path;
  make_state_directory(options.cache_path);
  options.source =
      settings.source.empty() && settings.sheets ? settings.sheets->source_sheet_name : settings.source;
  options.target = writes ? target : "nothing is written of " + source_identity(settings);
  if (writes) options.shown_target = shown_target(settings);
  options.fingerprint = fingerprint_of(request, question);
  options.arguments = request.arguments.typed;
  options.directory = std::filesystem::current_path();
  if (settings.deadline) {
    options.deadline = settings.deadline->after(request.clock.wall_now());
    options.is_deadline_dated = settings.deadline->date.has_value();
  }
  return take_or_throw(store::RunJournalFile::open(options, request.clock), store_exit_code);
}

// Throws Fatal when money is to be limited and cannot be counted.
std::optional<domain::Currency> currency_of(const config::LlmSettings& llm) {
  std::optional<domain::Currency> currency;
  const cost::PriceBook book(llm.prices);
  for (const config::ProviderSettings& provider : llm.providers) {
    const std::optional<domain::ModelPrices> known = book.find(provider.base_url, provider.model);
    if (!known) {
      throw Fatal(
          ExitCode::config,
          fmt::format("the run's cost is to be limited, and the price of {} is not known: add it (--prices "
                      "FILE or prices_file; docs/configuration.md shows how), or take the limit away",
                      sanitize_for_terminal(provider.model)));
    }
    if (currency && *currency != known->prices.currency) {
      throw Fatal(
          ExitCode::config,
          fmt::format("the run's cost is to be limited, and its providers are paid in {} and in {}: use "
                      "providers of one currency, or limit the requests (max_requests)",
                      currency->code(), known->prices.currency.code()));
    }
    currency = known->prices.currency;
  }
  return currency;
}

cost::SpendingLimit::Limits spending_limits_of(const config::Settings& settings,
                                               const std::optional<store::EarlierProcess>& earlier) {
  cost::SpendingLimit::Limits limits;
  limits.most_requests = settings.max_requests;
  if (settings.max_cost) {
    const domain::Currency currency = *currency_of(settings.llm);
    limits.most = domain::Money(
        std::llround(*settings.max_cost * static_cast<double>(domain::Money::kPerUnit)), currency);
    limits.spent_before = domain::Money(0, currency);
    if (earlier) {
      for (const domain::Money& amount : earlier->charged.amounts()) {
        if (amount.currency() == currency) limits.spent_before += amount;
      }
    }
  }
  if (earlier) limits.requests_before = earlier->requests;
  return limits;
}

// What is said about the run that this one goes on with.
std::string describe(const store::EarlierProcess& earlier) {
  std::string text = fmt::format(
      "going on with the run of {}, which was {} after {} of {} rows", format_check_date(earlier.started_at),
      earlier.was_killed ? "killed" : "stopped", earlier.progress.finished(), earlier.rows);
  if (earlier.open_requests > 0) {
    text += fmt::format("; {} {} under way then: what they gave is lost, and they may have been paid",
                        earlier.open_requests, earlier.open_requests == 1 ? "request was" : "requests were");
  }
  return text;
}

store::OpenedStore open_store(const AssembleRequest& request, const store::RunJournalFile& journal) {
  store::StoreOptions options;
  options.path = request.settings.cache_path;
  options.executor = request.executor;
  options.run_id = journal.run_id();
  return take_or_throw(store::open_sqlite_store(std::move(options)), store_exit_code);
}

http::TransportOptions transport_options_of(const config::LlmSettings& llm) {
  http::TransportOptions options;
  options.max_in_flight = worker_count(llm);
  options.first_byte_timeout = llm.first_byte_timeout;
  return options;
}

std::unique_ptr<ports::HttpTransport> transport_to_providers(const AssembleRequest& request) {
  if (request.arguments.is_simulated) return simulated_provider(request.clock);
  return std::make_unique<http::CurlTransport>(request.executor, request.clock,
                                               transport_options_of(request.settings.llm));
}

class FileAssembly final : public Assembly {
 public:
  explicit FileAssembly(const AssembleRequest& request)
      : request_(request),
        quota_(request.clock),
        source_(open_source(request, quota_)),
        nowhere_(std::fopen("/dev/null", "we")),
        sink_(open_sink(request, source_, quota_, nowhere_.get())),
        random_(random_seed()),
        rulebook_(rulebook_of(request.settings)),
        question_(rulebook_, source_.rows->columns()),
        journal_(open_journal(request, question_)),
        spending_(spending_limits_of(request.settings, journal_->earlier())),
        store_(open_store(request, *journal_)),
        limits_(store::LimitsFile::open(store_.store->path())),
        claims_(store::ClaimsFile::open(store_.store->path())),
        keys_(keys_of(question_, request.settings.llm.providers)),
        transport_(transport_to_providers(request)),
        llm_(request.settings.llm,
             {.transport = *transport_,
              .question = question_,
              .facts = *store_.store,
              .observer = request.observer,
              .clock = request.clock,
              .journal = journal_.get(),
              .spending = &spending_},
             random_, request.stop, limits_ ? limits_->get() : nullptr) {
    if (!request.settings.is_batch && journal_->open_batches().empty()) return;
    batches_.emplace(BatchContext{.executor = request.executor,
                                  .settings = request.settings,
                                  .arguments = request.arguments,
                                  .openai = llm_.first(),
                                  .journal = *journal_,
                                  .observer = request.observer,
                                  .spending = spending_,
                                  .clock = request.clock,
                                  .random = random_,
                                  .stop = request.stop});
  }

  ports::BatchJudge* batches() override { return batches_ ? &batches_->judge() : nullptr; }

  boost::asio::awaitable<Result<report::Outlook>> outlook() override {
    const config::LlmSettings& settings = request_.settings.llm;
    const config::ProviderSettings& first = settings.providers.front();
    llm::UsageForecast forecast(first.base_url, first.model, question_, *store_.store,
                                worker_count(settings));
    const std::chrono::year_month_day today = local_date(request_.clock.wall_now());
    const std::string today_line = prompt::today_line(today);
    const auto count = [&](const domain::Row& row) { forecast.add(row, today_line); };
    const Result<engine::RowCounts> counts =
        co_await engine::count_rows({.source = *source_.rows,
                                     .cache = *store_.store,
                                     .keys = keys_,
                                     .must_ask_all = request_.arguments.must_ask_all,
                                     .target = nullptr,
                                     .today = std::chrono::sys_days(today),
                                     .rulebook = &rulebook_},
                                    count);
    // Whatever became of the count: the run goes on without it, and from the first row.
    const Result<void> rewound = co_await source_.rows->rewind();
    if (!counts) co_return std::unexpected(counts.error());
    if (!rewound) co_return std::unexpected(rewound.error());
    co_return outlook_of(*counts, forecast.expected(), first);
  }

  std::optional<engine::BatchDeadline> deadline() override {
    if (!batches_ || !journal_->deadline()) return std::nullopt;
    const config::LlmSettings& llm = request_.settings.llm;
    const domain::OnlinePace pace = llm_.cautious_pace(llm.providers.front(), question_.revision());
    return engine::BatchDeadline{.at = *journal_->deadline(),
                                 .online_time = [pace, workers = reckoned_workers(llm)](std::uint64_t rows) {
                                   return pace.time_for(static_cast<double>(rows), workers);
                                 }};
  }

  engine::RunContext context() override {
    return {.executor = request_.executor,
            .source = *source_.rows,
            .sink = sink_.outcomes(),
            .cache = *store_.store,
            .llm = llm_.client(),
            .keys = keys_,
            .rulebook = rulebook_,
            .observer = request_.observer,
            .clock = request_.clock,
            .stop = request_.stop,
            .journal = journal_.get(),
            .claims = claims_ ? claims_->get() : nullptr};
  }

  engine::RunOptions options() const override {
    engine::RunOptions options;
    options.workers = worker_count(request_.settings.llm);
    options.must_ask_all = request_.arguments.must_ask_all;
    options.must_ask_overdue = request_.arguments.must_ask_overdue;
    return options;
  }

  std::vector<std::string> warnings() const override {
    std::vector<std::string> all = request_.settings.warnings;
    for (const auto& warnings_of : {source_.warnings, sink_.warnings}) {
      if (!warnings_of) continue;
      const std::vector<std::string> more = warnings_of();
      all.insert(all.end(), more.begin(), more.end());
    }
    all.insert(all.end(), store_.warnings.begin(), store_.warnings.end());
    if (!limits_) all.push_back(limits_.error().message);
    if (!claims_) all.push_back(claims_.error().message);
    if (journal_->earlier()) all.push_back(describe(*journal_->earlier()));
    if (!request_.settings.is_batch && !journal_->open_batches().empty()) {
      all.push_back("this run has batches under way at the provider: it goes on as with --batch");
    }
    return all;
  }

  std::string cost_to_finish(const engine::RunResult& result) const override {
    if (!spending_.is_money_limited() || result.counts.judged == 0) return {};
    // A run's rows are alike, so the mean of those that were paid for serves for the others.
    const std::int64_t spent = spending_.spent().trillionths() - spent_before();
    const auto left = static_cast<double>(result.rows - std::min(result.rows, result.counts.finished()));
    const double estimate = static_cast<double>(spent) / static_cast<double>(result.counts.judged) * left;
    return report::money_text(domain::Money(std::llround(estimate), spending_.spent().currency()),
                              domain::Language::english);
  }

  std::uint64_t repeated_questions() const override { return journal_->repeated_questions(); }

  std::vector<domain::ProviderLimits> limits_now() const override { return llm_.limits_now(); }

  RunFacts facts() const override {
    return {.run_id = journal_->run_id(),
            .journal_path = journal_->path(),
            .started_at = journal_->earlier() ? journal_->earlier()->started_at : started_at_,
            .question = question_identity(question_.revision(), request_.settings.llm),
            .row_link = source_.row_link,
            .columns = source_.rows->columns()};
  }

  boost::asio::awaitable<void> flush() override {
    llm_.save_learnt();
    return store_.store->flush();
  }

 private:
  report::Outlook outlook_of(const engine::RowCounts& counts, const llm::UsageForecast::Expected& expected,
                             const config::ProviderSettings& first) {
    report::Outlook outlook{.rows = counts.rows,
                            .skipped = counts.skipped,
                            .cached = counts.cached,
                            .decided = counts.decided,
                            .duplicates = counts.duplicates,
                            .to_ask = counts.to_ask,
                            .mode = batches_
                                        ? report::AskMode::batch
                                        : (first.is_flex ? report::AskMode::flex : report::AskMode::online),
                            .model = first.model,
                            .cost = std::nullopt,
                            .time = std::nullopt,
                            .history = expected.history};
    if (const auto known = cost::PriceBook(request_.settings.llm.prices).find(first.base_url, first.model)) {
      const domain::TokenPrices flex = known->flex ? *known->flex : domain::half_of(known->prices);
      outlook.cost = batches_ ? cost::expected_batch_cost(expected.usage, known->prices)
                              : domain::cost_of(expected.usage, first.is_flex ? flex : known->prices);
    }
    if (expected.latency) {
      domain::OnlinePace pace = llm_.cautious_pace(first, question_.revision());
      pace.latency = *expected.latency;
      const llm::LearntLimits learnt = llm::recall_limits(*store_.store, first.base_url, first.model);
      pace.rpm = first.rpm ? first.rpm : learnt.rpm;
      outlook.time =
          pace.time_for(static_cast<double>(counts.to_ask), reckoned_workers(request_.settings.llm));
    }
    return outlook;
  }
  std::int64_t spent_before() const {
    return spending_limits_of(request_.settings, journal_->earlier()).spent_before.trillionths();
  }

  // In the order of their lifetimes: what stands below uses what stands above.
  AssembleRequest request_;
  WallTime started_at_ = request_.clock.wall_now();
  sheets::CallQuota quota_;
  OpenedSource source_;
  FileHandle nowhere_;
  OpenedSink sink_;
  Random random_;
  domain::Rulebook rulebook_;
  prompt::QuestionBuilder question_;
  std::unique_ptr<store::RunJournalFile> journal_;
  cost::SpendingLimit spending_;
  store::OpenedStore store_;
  Result<std::unique_ptr<store::LimitsFile>> limits_;
  Result<std::unique_ptr<store::ClaimsFile>> claims_;
  ProviderKeys keys_;
  std::unique_ptr<ports::HttpTransport> transport_;
  LlmStack llm_;
  std::optional<BatchAssembly> batches_;
};

}  // namespace

namespace {

// Before anything is paid for. Where the number of requests is found out on the way, a usual one stands for
// it.
void require_memory(std::uint32_t requests_in_flight) {
  const std::optional<AvailableMemory> memory = available_memory();
  const std::size_t needed = kBytesOfRun + requests_in_flight * kBytesPerWorker;
  if (!memory || memory->bytes >= needed) return;
  throw Fatal(
      ExitCode::no_memory,
      fmt::format("{} requests in flight need about {} MB of memory, but {} has only {} MB left: use fewer "
                  "workers (max_workers, --workers), or give it more",
                  requests_in_flight, needed >> 20U, to_string(memory->bound_by), memory->bytes >> 20U));
}

}  // namespace

std::unique_ptr<Assembly> assemble(const AssembleRequest& request) {
  const std::optional<std::uint32_t> workers = request.settings.llm.max_workers;
  const Result<void> reserved = http::reserve_file_descriptors(worker_count(request.settings.llm));
  if (!reserved) throw Fatal(ExitCode::config, reserved.error().message);
  require_memory(workers.value_or(kManyWorkers));
  if (workers && *workers >= kManyWorkers) reserve_heap(*workers * kBytesPerWorker);
  return std::make_unique<FileAssembly>(request);
}

}  // namespace sv::cli
