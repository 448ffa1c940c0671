#include "cli/simulate_command.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "cli/messages.hpp"
#include "cli/simulate_batches.hpp"
#include "cli/simulate_sheets_command.hpp"
#include "sim/llm_server.hpp"
#include "sim/spec_text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

// As typed; resolved only when the command runs.
struct SimulateArguments {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string latency = "0";
  std::uint64_t seed = 1;
  std::string stragglers;
  std::vector<std::string> faults;
  std::vector<std::string> outages;
  std::string fault_wait = "1s";
  std::uint64_t rpm = 0;
  std::uint64_t tpm = 0;
  std::uint64_t rpd = 0;
  std::string limiter;  // empty: the dialect's
  std::string token_limiter = "bucket60";
  std::uint64_t concurrency = 0;
  std::uint64_t flex_unavailable_every = 0;
  std::string limit_headers = "true";
  bool is_gullible = false;
  bool rejects_count = false;
  std::string dialect = "openai";
  std::string refused;
  std::string prompt_cache = "automatic";
  std::string api_key;
  std::string only_model;
  std::string ledger_file;
  std::string saved_requests;
  BatchArguments batches;
};

// A parser of sim/ as a check of CLI11: an empty string is "fine".
template <typename Parse>
auto checked_by(Parse parse) {
  return
      [parse](const std::string& text) { return parse(text) ? std::string() : parse(text).error().message; };
}

template <typename T>
T or_usage(Result<T> result) {
  if (!result) throw Fatal(ExitCode::usage, result.error().message);
  return *std::move(result);
}

// Which limiter enforces what. Where the dialect's provider limits requests at a time and nothing else was
// asked for, that is what is enforced.
void resolve_limiters(const SimulateArguments& arguments, sim::LlmOptions& model) {
  model.token_limiter = or_usage(sim::parse_limiter(arguments.token_limiter));
  if (model.token_limiter == sim::LimiterKind::concurrency) {
    throw Fatal(ExitCode::usage,
                "--token-limiter concurrency: tokens are limited by time; use bucket60, bucket1, win1, win10 "
                "or win60");
  }
  const std::optional<std::uint64_t> usual = sim::usual_concurrency(model.dialect);
  const bool is_usual = arguments.limiter.empty() && arguments.rpm == 0 && usual;
  const std::string_view usual_limiter = is_usual ? "concurrency" : "bucket60";
  model.limiter = or_usage(sim::parse_limiter(arguments.limiter.empty() ? usual_limiter : arguments.limiter));
  const bool limits_concurrency = model.limiter == sim::LimiterKind::concurrency;
  model.concurrency = arguments.concurrency;
  if (is_usual && model.concurrency == 0) model.concurrency = *usual;
  if (limits_concurrency != (model.concurrency > 0)) {
    throw Fatal(ExitCode::usage, "--limiter concurrency and --concurrency N belong together: give both");
  }
  if (arguments.rejects_count && limits_concurrency) {
    throw Fatal(
        ExitCode::usage,
        "--rejects-count does nothing to --limiter concurrency: what is refused is not in work; leave "
        "it out");
  }
  model.rejects_count = arguments.rejects_count;
}

sim::LlmServerOptions resolve(const SimulateArguments& arguments) {
  sim::LlmServerOptions options;
  options.host = arguments.host;
  options.port = arguments.port;
  options.saved_requests = arguments.saved_requests;
  options.max_connections = std::min(options.max_connections, sim::raise_descriptor_limit());
  options.model.latency = or_usage(sim::parse_latency(arguments.latency));
  if (!arguments.stragglers.empty()) {
    const sim::Stragglers stragglers = or_usage(sim::parse_stragglers(arguments.stragglers));
    options.model.latency.set_stragglers(stragglers.share, stragglers.factor);
  }
  options.model.seed = arguments.seed;
  for (const std::string& fault : arguments.faults) {
    const Result<void> added = options.model.faults.add(fault);
    if (!added) throw Fatal(ExitCode::usage, added.error().message);
  }
  for (const std::string& outage : arguments.outages) {
    options.model.outages.add(or_usage(sim::parse_outage(outage)));
  }
  options.model.fault_wait = or_usage(sim::parse_duration(arguments.fault_wait));
  options.model.rpm = arguments.rpm;
  options.model.tpm = arguments.tpm;
  options.model.rpd = arguments.rpd;
  options.model.dialect = or_usage(sim::parse_dialect(arguments.dialect));
  resolve_limiters(arguments, options.model);
  options.model.flex_unavailable_every = arguments.flex_unavailable_every;
  options.model.limit_headers = or_usage(sim::parse_limit_headers(arguments.limit_headers));
  options.model.is_gullible = arguments.is_gullible;
  options.model.refused = or_usage(sim::parse_parameters(arguments.refused));
  options.model.prompt_cache = or_usage(sim::parse_prompt_cache(arguments.prompt_cache));
  options.model.api_key = Secret(arguments.api_key);
  options.model.only_model = arguments.only_model;
  options.model.prices = simulated_prices();
  options.batches = resolve_batches(arguments.batches, arguments.seed);
  return options;
}

// Replaces the file in one step, so that whoever waits for it never reads half of it.
void write_ledger(const std::string& path, const sim::Ledger& ledger) {
  const std::string draft = path + ".part";
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file << ledger.to_json(true, true) << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(draft, path, error);
  if (!file || error) log(LogLevel::error, "the ledger cannot be written to {}", path);
}

ExitCode serve(const SimulateArguments& arguments) {
  // One thread: the hint spares Asio its locks' contention paths.
  boost::asio::io_context io(1);
  sim::LlmServer server(io, resolve(arguments));
  const Result<void> listening = server.listen();
  if (!listening) throw Fatal(ExitCode::unavailable, listening.error().message);

  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&server](const boost::system::error_code& error, int) {
    if (!error) server.stop();
  });
  fmt::print(
      stderr, "{}",
      say("SIMULATION: this provider is not a real model. Its verdicts come from simple checks in code; "
          "use them to try\n"
          "status-validator out, never to judge real work. Replies say model \"simulated-judge (not a "
          "real model)\".\n"
          "Point a client at the address below with any API key; GET /_ledger shows what was answered. "
          "Ctrl-C ends it.\n"));
  fmt::print("listening on {}\n", server.base_url());
  std::fflush(stdout);
  io.run();

  const sim::Ledger& ledger = server.ledger();
  fmt::print(stderr, "{}",
             say(fmt::format(
                 "SIMULATION ended: {} requests, {} verdicts about {} distinct rows, at most {} in flight.\n",
                 ledger.requests(), ledger.verdicts(), ledger.distinct_rows(), ledger.max_in_flight())));
  if (!arguments.ledger_file.empty()) write_ledger(arguments.ledger_file, ledger);
  return ExitCode::ok;
}

}  // namespace

void add_simulate_command(CLI::App& app, std::optional<ExitCode>& result) {
  CLI::App* simulate =
      app.add_subcommand("simulate", "Run a simulated provider (not a real model) to try things out");
  simulate->require_subcommand(1);
  CLI::App* llm = simulate->add_subcommand(
      "llm", "An OpenAI-compatible server that judges rows by simple checks in code");
  const auto arguments =
      std::make_shared<SimulateArguments>();  // shared with the callback, which runs after this returns
  llm->add_option("--host", arguments->host, "IP address to listen on")->capture_default_str();
  llm->add_option("--port", arguments->port, "Port; 0 takes any free one")->capture_default_str();
  llm->add_option("--latency", arguments->latency,
                  "How long an answer takes: 200ms, lognormal:median=2s,p95=6s, mixture:90%=200ms,10%=2s")
      ->check(checked_by(sim::parse_latency))
      ->type_name("SPEC")
      ->capture_default_str();
  llm->add_option("--stragglers", arguments->stragglers,
                  "A share of the answers takes that many times as long: 1%x10")
      ->check(checked_by(sim::parse_stragglers))
      ->type_name("SHARExTIMES");
  llm->add_option("--seed", arguments->seed,
                  "The n-th request of one seed has always the same latency and fate")
      ->capture_default_str();
  llm->add_option("--fault", arguments->faults,
                  "Share of requests that go wrong, repeatable: 429 quota 500 502 503 529 reset hang "
                  "truncated invalid-json\n"
                  "refusal content-filter length html empty-choices error-200 unknown-finish no-usage\n"
                  "lost late slow oversized endless bomb bad-chunk")
      ->check([](const std::string& text) {
        const Result<void> added = sim::FaultPlan().add(text);
        return added ? std::string() : added.error().message;
      })
      ->type_name("NAME=P%")
      ->allow_extra_args(false);
  llm->add_option("--outage", arguments->outages,
                  "When the provider is down as a whole, from its first request on, repeatable: 30s+60s "
                  "(HTTP 500),\n"
                  "30s+60s:refuse (connections are closed), 30s+60s:hang (no answer)")
      ->check(checked_by(sim::parse_outage))
      ->type_name("START+DURATION[:KIND]")
      ->allow_extra_args(false);
  llm->add_option("--fault-wait", arguments->fault_wait, "What a 429 of --fault asks to wait")
      ->check(checked_by(sim::parse_duration))
      ->capture_default_str();
  llm->add_option("--rpm", arguments->rpm, "Requests per minute, enforced and told in headers; 0: no limit")
      ->capture_default_str();
  llm->add_option("--tpm", arguments->tpm, "Tokens per minute, likewise")->capture_default_str();
  llm->add_option(
         "--rpd", arguments->rpd,
         "Requests per day: a bucket of a day; told by the dialect groq, which has 14,400 when this is 0; "
         "else no limit")
      ->capture_default_str();
  llm->add_option("--limiter", arguments->limiter,
                  "What enforces --rpm: bucket60 bucket1 (a bucket of 60 s or 1 s), win1 win10 win60 (fixed "
                  "windows),\n"
                  "or concurrency, which limits requests in work instead; without it bucket60, or what the "
                  "dialect's provider\ndoes: yandexgpt 10 requests in work, gigachat 1")
      ->check(checked_by(sim::parse_limiter))
      ->type_name("KIND");
  llm->add_option("--token-limiter", arguments->token_limiter,
                  "What enforces --tpm: bucket60 bucket1 win1 win10 win60 (Azure's)")
      ->check(checked_by(sim::parse_limiter))
      ->type_name("KIND")
      ->capture_default_str();
  llm->add_option("--concurrency", arguments->concurrency,
                  "Requests in work at most, of --limiter concurrency or of the dialect's provider")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{20'000}))
      ->type_name("N");
  llm->add_option(
         "--limit-headers", arguments->limit_headers,
         "x-ratelimit headers: true (as enforced), minute (a bucket of 60 s whatever is enforced), none")
      ->check(checked_by(sim::parse_limit_headers))
      ->type_name("KIND")
      ->capture_default_str();
  llm->add_option("--flex-unavailable-every", arguments->flex_unavailable_every,
                  "Every Nth request at the flex tier is refused: no room; 0: none")
      ->type_name("N")
      ->capture_default_str();
  llm->add_flag("--gullible", arguments->is_gullible,
                "Approve every row, as a model that obeys what is written in its cells");
  llm->add_option("--save-requests", arguments->saved_requests,
                  "Append each chat request's body to this file, one to a line: what really leaves a machine")
      ->type_name("FILE");
  llm->add_flag("--rejects-count", arguments->rejects_count,
                "A refused request takes a request of the quota too: what comes back to a bucket, or is left "
                "of a window,\nand one of the day; not with --limiter concurrency");
  llm->add_option("--dialect", arguments->dialect,
                  "Whose errors, headers and refusals to speak: openai azure groq openrouter gemini "
                  "anthropic vllm ollama\n"
                  "yandexgpt gigachat (of these two little is known: their error texts are ours)")
      ->check(checked_by(sim::parse_dialect))
      ->capture_default_str();
  llm->add_option("--refuse", arguments->refused,
                  "Request fields that the model refuses, with commas: temperature json_schema json_object "
                  "max_tokens\n"
                  "max_completion_tokens reasoning reasoning_effort prompt_cache_key service_tier top_p seed")
      ->check(checked_by(sim::parse_parameters))
      ->type_name("FIELDS");
  llm->add_option(
         "--prompt-cache", arguments->prompt_cache,
         "automatic, explicit (breakpoints, as GPT-5.6 and later), none; a prefix from 1,024 tokens on")
      ->check(checked_by(sim::parse_prompt_cache))
      ->type_name("KIND")
      ->capture_default_str();
  llm->add_option("--api-key", arguments->api_key, "The only key that is accepted; without it any is");
  llm->add_option("--model", arguments->only_model,
                  "The only model that there is; without it any name will do");
  llm->add_option("--ledger", arguments->ledger_file, "File for the ledger (JSON), written at the end")
      ->type_name("FILE");
  add_batch_options(*llm, arguments->batches);
  llm->callback([arguments, &result] { result = serve(*arguments); });
  add_simulate_sheets(*simulate, result);
}

}  // namespace sv::cli
