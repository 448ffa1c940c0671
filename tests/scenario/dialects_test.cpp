// Whole runs in virtual time at providers that are unlike OpenAI: a limit of the day, requests at a time,
// fields that are refused.
#include "cli/assemble_simulated.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sv::cli {
namespace {

using namespace std::chrono_literals;

SimulatedRunOptions rows_at(sim::Dialect dialect, std::string base_url, std::uint64_t rows) {
  SimulatedRunOptions options;
  options.llm = simulated_settings();
  options.llm.providers.front().base_url = std::move(base_url);
  sim::LlmOptions model;
  model.dialect = dialect;
  model.latency = sim::Latency::lognormal(3s, 6'828ms);
  options.models.push_back(model);
  options.rows = rows;
  return options;
}

struct WatchEnds final : ports::RunObserver {
  void on_provider_disabled(std::string_view provider, const Error& error) override {
    ended.push_back(std::string(provider) + ": " + error.message);
  }
  std::vector<std::string> ended;
};

TEST(GroqsDay, ends_the_provider_for_the_run_and_says_what_to_do) {
  SimulatedRunOptions options = rows_at(sim::Dialect::groq, "https://api.groq.com/openai/v1", 300);
  options.models[0].rpm = 300;
  options.models[0].rpd = 100;
  WatchEnds watch;
  options.observer = &watch;
  const SimulatedRun run = play(options);
  EXPECT_EQ(run.result.counts.judged, 100U) << "as many as the day has";
  ASSERT_EQ(watch.ended.size(), 1U) << "said once";
  EXPECT_TRUE(watch.ended[0].contains("requests per day (RPD): Limit 100")) << watch.ended[0];
  EXPECT_TRUE(watch.ended[0].contains("run again when there is more of it")) << watch.ended[0];
  const sim::Ledger& ledger = run.models[0]->ledger();
  // The refusals of those that were on their way together, and nothing after them.
  EXPECT_LE(ledger.count_status(429), 40U);
  EXPECT_LE(to_seconds(run.makespan), 60) << "nobody waits for tomorrow";
}

TEST(GroqsDay, hands_its_rows_to_the_next_provider) {
  SimulatedRunOptions options = rows_at(sim::Dialect::groq, "https://api.groq.com/openai/v1", 300);
  options.models[0].rpd = 100;
  config::ProviderSettings second = options.llm.providers.front();
  second.name = "second";
  second.base_url = simulated_address(1);
  options.llm.providers.push_back(second);
  options.models.push_back(options.models[0]);
  options.models[1].dialect = sim::Dialect::openai;
  options.models[1].rpd = 0;
  const SimulatedRun run = play(options);
  EXPECT_EQ(run.result.counts.judged, 300U);
  EXPECT_EQ(run.models[0]->ledger().verdicts(), 100U);
  EXPECT_EQ(run.models[1]->ledger().verdicts(), 200U);
}

// The day is in the headers from the first reply on; the minute's pace must not be made of it.
TEST(GroqsDay, is_not_taken_for_a_minutes_limit) {
  SimulatedRunOptions options = rows_at(sim::Dialect::groq, "https://api.groq.com/openai/v1", 600);
  options.models[0].rpd = 1'000;  // 0.7 a minute
  const SimulatedRun run = play(options);
  EXPECT_EQ(run.result.counts.judged, 600U);
  EXPECT_LE(to_seconds(run.makespan), 60);
}

struct AtATime {
  sim::Dialect dialect;
  std::string base_url;
  std::uint64_t slots;
};

TEST(RequestsAtATime, are_found_out_whatever_the_429_says) {
  for (const AtATime& of :
       {AtATime{sim::Dialect::yandexgpt, "https://ai.api.cloud.yandex.net/v1", 10},
        AtATime{sim::Dialect::gigachat, "https://gigachat.devices.sberbank.ru/api/v1", 1},
        AtATime{sim::Dialect::gigachat, "https://gigachat.devices.sberbank.ru/api/v1", 10}}) {
    constexpr std::uint64_t kRows = 200;
    SimulatedRunOptions options = rows_at(of.dialect, of.base_url, kRows);
    options.models[0].latency = sim::Latency::fixed(3s);
    options.models[0].limiter = sim::LimiterKind::concurrency;
    options.models[0].concurrency = of.slots;
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, kRows) << of.base_url;
    const double ideal = static_cast<double>(kRows) * 3 / static_cast<double>(of.slots);
    EXPECT_LE(to_seconds(run.makespan), 1.1 * ideal + 3) << of.base_url << ' ' << of.slots;
    // The first wave finds the number; one more is tried each minute.
    EXPECT_LE(run.models[0]->ledger().count_status(429), 16 + ideal / 50) << of.base_url << ' ' << of.slots;
    EXPECT_EQ(run.models[0]->ledger().rows_answered_again(), 0U);
  }
}

// At an address that is not known as YandexGPT's everything is tried that most servers take; each field that
// is refused costs one request, and the verdicts come all the same.
TEST(RefusedFields, are_left_out_one_by_one) {
  for (const char* base_url : {"https://ai.api.cloud.yandex.net/v1", "http://provider-1.test/v1"}) {
    SimulatedRunOptions options = rows_at(sim::Dialect::yandexgpt, base_url, 50);
    options.is_first_run = true;  // one request goes ahead
    const SimulatedRun run = play(options);
    EXPECT_EQ(run.result.counts.judged, 50U);
    const std::uint64_t refused = run.models[0]->ledger().count_status(400);
    if (std::string_view(base_url).contains("yandex")) {
      EXPECT_EQ(refused, 0U) << "its fields are known";
    } else {
      EXPECT_GE(refused, 2U) << "prompt_cache_key and the named schema";
      EXPECT_LE(refused, 4U);
    }
  }
}

}  // namespace
}  // namespace sv::cli
