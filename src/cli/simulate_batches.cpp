#include "cli/simulate_batches.hpp"

#include "base/fatal.hpp"
#include "cost/price_book.hpp"
#include "sim/spec_text.hpp"

namespace sv::cli {

namespace {

constexpr std::string_view kOpenAi = "https://api.openai.com/v1";

template <typename T>
T or_usage(Result<T> result) {
  if (!result) throw Fatal(ExitCode::usage, result.error().message);
  return *std::move(result);
}

void add_numbers(CLI::App& llm, const char* flag, std::vector<std::uint64_t>& into, const char* help) {
  llm.add_option(flag, into, help)->check(CLI::PositiveNumber)->type_name("N")->allow_extra_args(false);
}

}  // namespace

void add_batch_options(CLI::App& llm, BatchArguments& arguments) {
  llm.add_option("--batch-time", arguments.time,
                 "Batch API: from the creation of a batch to its end: 30s, 10m; at most one day")
      ->type_name("DURATION")
      ->capture_default_str();
  llm.add_option("--batch-line-errors", arguments.line_errors,
                 "Batch API: share of lines that end in the error file, with status 500 or 429")
      ->type_name("P%")
      ->capture_default_str();
  llm.add_option("--batch-queue", arguments.queue_tokens,
                 "Batch API: input tokens in unfinished batches, for each model; 0: no limit")
      ->type_name("TOKENS")
      ->capture_default_str();
  add_numbers(llm, "--batch-expire", arguments.expire,
              "Batch API: the Nth batch expires with half of its lines done, repeatable");
  add_numbers(llm, "--batch-fail", arguments.fail,
              "Batch API: the Nth batch fails with token_limit_exceeded, repeatable");
  add_numbers(llm, "--batch-refuse", arguments.refuse,
              "Batch API: the Nth creation is answered 429, repeatable");
  add_numbers(llm, "--batch-stick", arguments.stick,
              "Batch API: the Nth batch, when it is cancelled, does not end before its time, repeatable");
  add_numbers(llm, "--batch-lose", arguments.lose,
              "Batch API: the Nth batch is created, but its reply is lost, repeatable");
}

sim::BatchOptions resolve_batches(const BatchArguments& arguments, std::uint64_t seed) {
  sim::BatchOptions options;
  options.completion_time = or_usage(sim::parse_duration(arguments.time));
  options.line_error_share = or_usage(sim::parse_share(arguments.line_errors));
  options.queue_tokens = arguments.queue_tokens;
  options.seed = seed;
  options.expire.insert(arguments.expire.begin(), arguments.expire.end());
  options.fail.insert(arguments.fail.begin(), arguments.fail.end());
  options.refuse.insert(arguments.refuse.begin(), arguments.refuse.end());
  options.stick.insert(arguments.stick.begin(), arguments.stick.end());
  options.lose.insert(arguments.lose.begin(), arguments.lose.end());
  return options;
}

std::function<std::optional<domain::TokenPrices>(std::string_view model)> simulated_prices() {
  return [](std::string_view model) -> std::optional<domain::TokenPrices> {
    const std::optional<domain::ModelPrices> found = cost::PriceBook().find(kOpenAi, model);
    return found ? std::optional(found->prices) : std::nullopt;
  };
}

}  // namespace sv::cli
