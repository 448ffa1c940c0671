#include "cli/assemble_simulated.hpp"

#include "base/assert.hpp"
#include "cli/assemble_llm.hpp"
#include "metrics/run_metrics.hpp"
#include "sim/sample_rows.hpp"
#include "sim/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
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

// Knows nothing at the start, and the rows are all different: nothing needs to be kept.
class NoCache final : public ports::AnswerCache {
 public:
  explicit NoCache(boost::asio::io_context& io) : io_(io) {}
  boost::asio::awaitable<Result<std::vector<std::shared_ptr<const domain::Answer>>>> find(
      ports::AnswerLookups lookups) override {
    co_return std::vector<std::shared_ptr<const domain::Answer>>(lookups.keys.size() / lookups.keys_per_row);
  }
  void commit(const domain::AnswerKey&, std::shared_ptr<const domain::Answer>,
              boost::asio::any_completion_handler<void(Result<void>)> committed) override {
    boost::asio::post(io_,
                      [committed = std::move(committed)]() mutable { std::move(committed)(Result<void>()); });
  }
  boost::asio::awaitable<void> flush() override { co_return; }

 private:
  boost::asio::io_context& io_;
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

std::vector<sim::SimulatedOrigin> origins_of(const std::vector<std::unique_ptr<sim::LlmModel>>& models) {
  std::vector<sim::SimulatedOrigin> origins;
  for (std::size_t i = 0; i < models.size(); ++i) {
    origins.push_back({.base_url = simulated_address(i), .model = models[i].get()});
  }
  return origins;
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
  StopSignal stop;
  Random random(options.seed);
  Facts facts(options.facts);
  if (!options.is_first_run) {
    for (const config::ProviderSettings& provider : options.llm.providers) {
      llm::KeyMemory(facts, provider.base_url, provider.model, provider.api_key).note_worked();
    }
  }
  metrics::RunMetrics metrics(clock);
  sim::ModelTransport transport(origins_of(played.models), clock, options.network);
  SampleSource source(options.rows, options.seed);
  NoSink sink;
  NoCache cache(io);
  const domain::Rulebook rulebook{
      .rules_text = options.rules_text,
      .allowed_statuses = {"On track", "At risk", "Completed", "В работе", "Есть риски", "Завершён"},
      .language = domain::Language::english};
  const prompt::QuestionBuilder question(rulebook, source.columns());
  const ProviderKeys keys = keys_of(question, options.llm.providers);
  LlmStack llm(
      options.llm,
      {.transport = transport, .question = question, .facts = facts, .observer = metrics, .clock = clock},
      random, stop);
  std::exception_ptr failure;
  boost::asio::co_spawn(io,
                        engine::run({.executor = io.get_executor(),
                                     .source = source,
                                     .sink = sink,
                                     .cache = cache,
                                     .llm = llm.client(),
                                     .keys = keys,
                                     .rulebook = rulebook,
                                     .observer = metrics,
                                     .clock = clock,
                                     .stop = stop},
                                    {.workers = worker_count(options.llm)}),
                        [&](std::exception_ptr error, engine::RunResult result) {
                          failure = std::move(error);
                          played.result = std::move(result);
                          played.makespan = clock.elapsed() - options.starts_at;
                        });
  sim::run_until_idle(io, clock);
  if (failure) std::rethrow_exception(failure);
  llm.save_learnt();
  played.summary = metrics.summary();
  return played;
}

}  // namespace sv::cli
