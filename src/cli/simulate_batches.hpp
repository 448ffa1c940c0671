// The part of `simulate llm` that plans what its Batch API does, and what its bill says.
#pragma once

#include "domain/token_prices.hpp"
#include "sim/batch_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::cli {

// As typed.
struct BatchArguments {
  std::string time = "0";
  std::string line_errors = "0%";
  std::uint64_t queue_tokens = 0;
  std::vector<std::uint64_t> expire;
  std::vector<std::uint64_t> fail;
  std::vector<std::uint64_t> refuse;
  std::vector<std::uint64_t> stick;
  std::vector<std::uint64_t> lose;
};

// `arguments` outlives `llm`.
void add_batch_options(CLI::App& llm, BatchArguments& arguments);
// A mistake is Fatal.
sim::BatchOptions resolve_batches(const BatchArguments& arguments, std::uint64_t seed);

// The built-in list of OpenAI's prices: a simulated answer costs in the bill what the model that was asked
// for would have cost there.
std::function<std::optional<domain::TokenPrices>(std::string_view model)> simulated_prices();

}  // namespace sv::cli
