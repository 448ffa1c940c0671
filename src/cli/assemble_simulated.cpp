#include "cli/assemble_simulated.hpp"

#include "base/assert.hpp"
#include "base/fatal.hpp"
#include "cli/assemble_llm.hpp"
#include "cli/observers.hpp"
#include "engine/batch_pass.hpp"
#include "http/curl_transport.hpp"
#include "llm/batch_client.hpp"
#include "metrics/run_metrics.hpp"
#include "sim/llm_server.hpp"
#include "sim/sample_rows.hpp"
#include "sim/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace sv::cli {

namespace {

class SampleSource final : public ports::RowSource {
 public:
  SampleSource(std::uint64_t rows, std::uint64_t seed) : rows_(rows), seed_(seed) {}
  boost::asio::awaitable<Result<std::vector<domain::Row>>> read(std::size_t max) override {
    std::vector<domain::Row> group;
    for (; next_ < rows_ && group.size() < max; ++next_) group.push_back(sim::sample_row(next_, seed_));
    co_return group;
  }
  boost::asio::awaitable<Result<void>> rewind() override {
    next_ = 0;
    co_return Result<void>();
  }
  domain::MappedColumns columns() const override { return {.completion_date = true}; }

 private:
  std::uint64_t rows_;
  std::uint64_t seed_;
  std::uint64_t next_ = 0;
};

class NoSink final : public ports::OutcomeSink {
 public:
  boost::asio::awaitable<Result<std::vector<ports::ExistingRow>>> read_existing(std::size_t) override {
    co_return std::vector<ports::ExistingRow>();
  }
  boost::asio::awaitable<Result<void>> begin(std::uint64_t, bool) override { co_return Result<void>(); }
  boost::asio::awaitable<Result<void>> put(std::vector<domain::Outcome>) override {
    co_return Result<void>();
  }
  boost::asio::awaitable<Result<void>> finish() override { co_return Result<void>(); }
};

// Knows nothing at the start. The rows are all different: only a run in batches meets one of them again.
class NoCache final : public ports::AnswerCache {
 public:
  NoCache(boost::asio::io_context& io, bool is_kept) : io_(io), is_kept_(is_kept) {}
  boost::asio::awaitable<Result<std::vector<std::shared_ptr<const domain::Answer>>>> find(
      ports::AnswerLookups lookups) override {
    std::vector<std::shared_ptr<const domain::Answer>> found(lookups.keys.size() / lookups.keys_per_row);
    if (!is_kept_) co_return found;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto answer = answers_.find(lookups.keys[i * lookups.keys_per_row]);
      if (answer != answers_.end()) found[i] = answer->second;
    }
    co_return found;
  }
  void commit(const domain::AnswerKey& key, std::shared_ptr<const domain::Answer> answer,
              boost::asio::any_completion_handler<void(Result<void>)> committed) override {
    if (is_kept_) answers_[key] = std::move(answer);
    boost::asio::post(io_,
                      [committed = std::move(committed)]() mutable { std::move(committed)(Result<void>()); });
  }
  boost::asio::awaitable<void> flush() override { co_return; }

 private:
  boost::asio::io_context& io_;
  bool is_kept_;
  std::map<domain::AnswerKey, std::shared_ptr<const domain::Answer>> answers_;
};

// On no disk: the process does not die.
class NoBatchJournal final : public ports::BatchJournal {
 public:
  Result<void> note_batch(const ports::BatchNote& note) override {
    last_ = std::max(last_, note.part);
    return {};
  }
  const std::vector<ports::OpenBatch>& open_batches() const override { return open_; }
  std::uint64_t last_part() const override { return last_; }

 private:
  std::vector<ports::OpenBatch> open_;
  std::uint64_t last_ = 0;
};

class Facts final : public ports::LearntFacts {
 public:
  explicit Facts(std::map<std::string, std::string>* kept) : facts_(kept == nullptr ? own_ : *kept) {}
  std::optional<std::string> recall(std::string_view name) const override {
    const auto found = facts_.find(std::string(name));
    return found == facts_.end() ? std::nullopt : std::optional(found->second);
  }
  void remember(std::string_view name, std::string_view value) override { facts_[std::string(name)] = value; }

 private:
  std::map<std::string, std::string> own_;
  std::map<std::string, std::string>& facts_;
};

std::vector<sim::SimulatedOrigin> origins_of(const std::vector<std::unique_ptr<sim::LlmModel>>& models,
                                             const std::vector<config::ProviderSettings>& providers) {
  std::vector<sim::SimulatedOrigin> origins;
  origins.reserve(models.size());
  for (std::size_t i = 0; i < models.size(); ++i) {
    origins.push_back({.base_url = providers[i].base_url, .model = models[i].get()});
  }
  return origins;
}

// Where a run takes place.
struct Stage {
  boost::asio::io_context& io;
  Clock& clock;
  ports::HttpTransport& transport;
  std::function<void()> run;     // until the run has ended
  std::function<void()> on_end;  // called by the run, at its end
};

boost::asio::awaitable<void> stop_in_time(Clock& clock, StopSignal& stop,
                                          const SimulatedRunOptions& options) {
  const TimePoint start = clock.now();
  if (options.stop_after) {
    co_await clock.sleep_until(start + *options.stop_after);
    stop.request();
  }
  if (options.abandon_after) {
    co_await clock.sleep_until(start + *options.abandon_after);
    stop.abandon();
  }
}

boost::asio::awaitable<void> happen_in_time(sim::VirtualClock& clock,
                                            const SimulatedRunOptions::Incident& incident) {
  const TimePoint when = clock.now() + incident.at;
  co_await clock.sleep_until(when);
  incident.happen(clock);
}

boost::asio::awaitable<void> keep_beat(Clock& clock, const SimulatedRunOptions& options, const LlmStack& llm,
                                       const bool& has_ended) {
  constexpr Duration kPeriod = std::chrono::milliseconds(100);
  const TimePoint start = clock.now();
  if (!options.beat && !options.on_limits) co_return;
  while (!has_ended) {
    if (options.beat) options.beat(clock.now());
    if (options.on_limits) options.on_limits(clock.now() - start, llm.limits_now());
    co_await clock.sleep_until(clock.now() + kPeriod);
  }
}

struct SimulatedBatches {
  SimulatedBatches(const Stage& stage, const SimulatedRunOptions& options, LlmStack& llm,
                   ports::RunObserver& observer, cost::SpendingLimit& spending, Random& random,
                   StopSignal& stop)
      : api(address_of(options.llm.providers.front(), options.llm), stage.transport, stage.clock, random),
        client({.openai = llm.first(),
                .api = api,
                .journal = journal,
                .observer = observer,
                .spending = spending,
                .clock = stage.clock,
                .random = random,
                .stop = stop},
               {.run_id = "simulated"}) {}
  NoBatchJournal journal;
  llm::BatchApi api;
  llm::BatchClient client;
};

void perform(const Stage& stage, const SimulatedRunOptions& options, SimulatedRun& played) {
  StopSignal stop;
  Random random(options.seed);
  Facts facts(options.facts);
  if (!options.is_first_run) {
    for (const config::ProviderSettings& provider : options.llm.providers) {
      llm::KeyMemory(facts, provider.base_url, provider.model, provider.api_key).note_worked();
    }
  }
  metrics::RunMetrics metrics(stage.clock);
  Observers observers;
  observers.add(metrics);
  if (options.observer != nullptr) observers.add(*options.observer);
  SampleSource source(options.rows, options.seed);
  NoSink sink;
  NoCache cache(stage.io, options.batches.has_value());
  const domain::Rulebook rulebook{
      .rules_text = options.rules_text,
      .allowed_statuses = {"On track", "At risk", "Completed", "В работе", "Есть риски", "Завершён"},
      .language = domain::Language::english};
  const prompt::QuestionBuilder question(rulebook, source.columns());
  const ProviderKeys keys = keys_of(question, options.llm.providers);
  cost::SpendingLimit::Limits limits;
  limits.most = options.most_cost;
  cost::SpendingLimit spending(limits);
  LlmStack llm(options.llm,
               {.transport = stage.transport,
                .question = question,
                .facts = facts,
                .observer = observers,
                .clock = stage.clock,
                .spending = options.most_cost ? &spending : nullptr},
               random, stop);
  std::exception_ptr failure;
  bool has_ended = false;
  const TimePoint start = stage.clock.now();
  const engine::RunContext context{.executor = stage.io.get_executor(),
                                   .source = source,
                                   .sink = sink,
                                   .cache = cache,
                                   .llm = llm.client(),
                                   .keys = keys,
                                   .rulebook = rulebook,
                                   .observer = observers,
                                   .clock = stage.clock,
                                   .stop = stop};
  const engine::RunOptions run_options{.workers = worker_count(options.llm)};
  const auto take_result = [&](std::exception_ptr error, engine::RunResult result) {
    has_ended = true;
    failure = std::move(error);
    played.result = std::move(result);
    played.makespan = stage.clock.now() - start;
    stage.on_end();
  };
  std::optional<SimulatedBatches> batches;
  if (options.batches) {
    batches.emplace(stage, options, llm, observers, spending, random, stop);
    engine::BatchPassOptions pass;
    if (options.deadline) {
      const domain::OnlinePace pace = llm.cautious_pace(options.llm.providers.front(), question.revision());
      pass.deadline = engine::BatchDeadline{
          .at = stage.clock.wall_now() + std::chrono::floor<std::chrono::milliseconds>(*options.deadline),
          .online_time = [pace, workers = reckoned_workers(options.llm)](std::uint64_t rows) {
            return pace.time_for(static_cast<double>(rows), workers);
          }};
    }
    boost::asio::co_spawn(stage.io,
                          engine::run_in_batches(context, run_options, batches->client, std::move(pass)),
                          take_result);
  } else {
    boost::asio::co_spawn(stage.io, engine::run(context, run_options), take_result);
  }
  boost::asio::co_spawn(stage.io, stop_in_time(stage.clock, stop, options),
                        [&](const std::exception_ptr& error) {
                          if (error && !failure) failure = error;
                        });
  boost::asio::co_spawn(stage.io, keep_beat(stage.clock, options, llm, has_ended),
                        [&](const std::exception_ptr& error) {
                          if (error && !failure) failure = error;
                        });
  stage.run();
  if (failure) std::rethrow_exception(failure);
  llm.save_learnt();
  played.summary = metrics.summary();
  played.spent = spending.spent();
  played.summary.limits = llm.limits_now();
}

}  // namespace

std::string simulated_address(std::size_t provider) {
  return fmt::format("http://provider-{}.test/v1", provider + 1);
}

config::LlmSettings simulated_settings(std::optional<std::uint32_t> workers) {
  config::LlmSettings settings;
  settings.max_workers = workers;
  config::ProviderSettings provider;
  provider.name = "simulated";
  provider.model = "simulated-model";
  provider.base_url = simulated_address(0);
  provider.api_key = Secret("simulated");
  settings.providers.push_back(std::move(provider));
  return settings;
}

SimulatedRun play(const SimulatedRunOptions& options) {
  SV_ASSERT(options.models.size() == options.llm.providers.size(), "each provider has its model");
  SimulatedRun played;
  for (const sim::LlmOptions& model : options.models) {
    played.models.push_back(std::make_unique<sim::LlmModel>(model));
  }
  boost::asio::io_context io(1);
  sim::VirtualClock clock;
  clock.advance(options.starts_at);
  std::vector<sim::SimulatedOrigin> origins = origins_of(played.models, options.llm.providers);
  if (options.batches) {
    played.batches = std::make_unique<sim::BatchModel>(*options.batches, *played.models.front());
    origins.front().batches = played.batches.get();
  }
  sim::ModelTransport transport(std::move(origins), clock, options.network);
  for (const SimulatedRunOptions::Incident& incident : options.incidents) {
    boost::asio::co_spawn(io, happen_in_time(clock, incident), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  perform({.io = io,
           .clock = clock,
           .transport = transport,
           .run = [&] { sim::run_until_idle(io, clock); },
           .on_end = [] {}},
          options, played);
  return played;
}

SimulatedRun play_over_sockets(const SimulatedRunOptions& options) {
  SV_ASSERT(options.models.size() == options.llm.providers.size(), "each provider has its model");
  const std::uint32_t in_flight = worker_count(options.llm);
  // Both ends of each connection are in this process.
  const Result<void> reserved = http::reserve_file_descriptors(std::size_t{2} * in_flight);
  if (!reserved) throw Fatal(ExitCode::unavailable, reserved.error().message);
  boost::asio::io_context io(1);
  SystemClock clock;
  SimulatedRunOptions moved = options;
  std::vector<std::unique_ptr<sim::LlmServer>> servers;
  for (std::size_t i = 0; i < options.models.size(); ++i) {
    sim::LlmServerOptions server;
    server.model = options.models[i];
    servers.push_back(std::make_unique<sim::LlmServer>(io, std::move(server)));
    const Result<void> listening = servers.back()->listen();
    if (!listening) throw Fatal(ExitCode::unavailable, listening.error().message);
    moved.llm.providers[i].base_url = servers.back()->base_url();
  }
  http::TransportOptions transport_options;
  transport_options.max_in_flight = in_flight;
  http::CurlTransport transport(io.get_executor(), clock, transport_options);
  SimulatedRun played;
  // The servers' listening never ends by itself.
  perform({.io = io,
           .clock = clock,
           .transport = transport,
           .run = [&] { io.run(); },
           .on_end = [&] { io.stop(); }},
          moved, played);
  return played;
}

}  // namespace sv::cli
