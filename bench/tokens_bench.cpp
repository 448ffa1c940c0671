// What an estimate of a row's tokens costs, and a reply that it learns from.
#include "cost/token_estimator.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace sv::bench {
namespace {

// The user message of an ordinary row: about 670 characters (the median of the GMPP sample).
std::string row_text(bool is_russian) {
  const std::string sentence =
      is_russian ? "Согласование проекта моста завершено 12.10.2026, подрядчик выбран. "
                 : "The bridge design was approved on 12/10/2026, the contractor is chosen. ";
  std::string text = "Today is 2026-11-25, Wednesday.\n<<<ROW >>>\n{\"status\":\"\",\"comment\":\"";
  for (int i = 0; i < 9; ++i) text += sentence;
  return text + "\",\"completion_date\":\"2026-12-31\"}\n<<<END >>>\n";
}

void count_features_of_a_row(benchmark::State& state) {
  const std::string text = row_text(state.range(0) != 0);
  for (auto iteration : state) benchmark::DoNotOptimize(cost::count_features(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(count_features_of_a_row)->ArgName("russian")->Arg(0)->Arg(1);

void estimate_a_row(benchmark::State& state) {
  const cost::TokenEstimator estimator("gpt-4o-mini", cost::count_features(row_text(false)));
  const cost::TextFeatures features = cost::count_features(row_text(true));
  for (auto iteration : state) benchmark::DoNotOptimize(estimator.estimate(features));
}
BENCHMARK(estimate_a_row);

void learn_from_a_reply(benchmark::State& state) {
  cost::TokenEstimator estimator("gpt-4o-mini", cost::count_features(row_text(false)));
  const cost::TextFeatures features = cost::count_features(row_text(true));
  for (auto iteration : state) estimator.learn(features, 420);
  benchmark::DoNotOptimize(estimator);
}
BENCHMARK(learn_from_a_reply);

}  // namespace
}  // namespace sv::bench
