#include "report/plan_text.hpp"

#include "base/text.hpp"
#include "report/json_line.hpp"
#include "report/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace sv::report {

namespace {

constexpr std::array<std::uint32_t, 6> kWorkers = {1, 3, 5, 10, 30, 100};
// What is reckoned with when the provider decides: most take as many.
constexpr std::uint32_t kUsualWorkers = 100;
constexpr std::size_t kTimesPerLine = 3;  // fits 80 columns
constexpr std::size_t kNameColumns = 40;

std::string shown(std::string_view text) { return shorten(sanitize_for_terminal(text), kNameColumns); }

double units(const domain::Money& amount) {
  return static_cast<double>(amount.trillionths()) / static_cast<double>(domain::Money::kPerUnit);
}

}  // namespace

std::optional<Duration> expected_time(const Plan& plan, const PlannedProvider& provider,
                                      std::uint32_t workers) {
  if (!provider.latency || plan.to_ask == 0) return std::nullopt;
  const double rounds = std::ceil(provider.requests / std::max<double>(1, workers));
  double seconds = rounds * to_seconds(*provider.latency);
  if (provider.rpm) seconds = std::max(seconds, provider.requests * 60 / static_cast<double>(*provider.rpm));
  if (provider.tpm) {
    const auto tokens = static_cast<double>(provider.usage.input + provider.usage.output);
    seconds = std::max(seconds, tokens * 60 / static_cast<double>(*provider.tpm));
  }
  return from_seconds(seconds);
}

std::string render_plan(const Plan& plan, const words::Phrasebook& in) {
  const Language language = in.language();
  std::string text;
  const auto line = [&](std::string_view label, std::string_view figure, std::string_view note) {
    text += fmt::format("{:<12}{:>12}{}{}\n", in.translate(label), in.translate(figure),
                        note.empty() ? "" : "  ", in.translate(note));
  };
  line("Rows", grouped(plan.rows), "");
  if (plan.skipped > 0) line("  skipped", grouped(plan.skipped), "no identifier");
  if (plan.decided > 0) line("  by checks", grouped(plan.decided), "a check fails: no request");
  line("  cached", grouped(plan.cached), "answered before: no request");
  line("  duplicate", grouped(plan.duplicates), "identical to another row: asked once");
  line("  to ask", grouped(plan.to_ask), "");
  if (plan.to_ask == 0) return text + in.translate("Nothing would be asked, and nothing paid.\n");
  for (const PlannedProvider& provider : plan.providers) {
    const bool is_first = &provider == &plan.providers.front();
    text += fmt::format("\n{} {}{}\n", shown(provider.name), shown(provider.model),
                        is_first ? "" : in.translate(" (if it answered all of them instead)"));
    line("  requests", grouped(static_cast<std::uint64_t>(std::llround(provider.requests))), "");
    line("  input", grouped(provider.usage.input),
         fmt::format("tokens, {} of them from the prompt cache", grouped(provider.usage.cached_input)));
    line(language == Language::russian ? "  на выходе" : "  output", grouped(provider.usage.output),
         "tokens");
    if (provider.cost) {
      line("  cost", money_text(*provider.cost, language), provider.price_note);
    } else {
      line("  cost", "unknown", "not free: add the model's price (--prices FILE)");
    }
    if (provider.flex_cost) {
      line("  flex", money_text(*provider.flex_cost, language),
           "service_tier: flex; slower, when there is room");
    }
    if (provider.batch_cost) {
      line("  batch", money_text(*provider.batch_cost, language),
           "--batch; within a day, without prompt cache");
    }
    if (provider.short_prefix) {
      const auto percent = std::llround(100 * provider.short_prefix->cache_price);
      line("  hint", "",
           fmt::format("all requests begin with the same {} tokens; were there {},",
                       grouped(provider.prefix_tokens), grouped(provider.short_prefix->needed)));
      line("", "", fmt::format("each would be billed at {} %: examples in the rulebook pay off", percent));
    }
    line("  from", "",
         provider.history > 0
             ? fmt::format("{} earlier answers with this rulebook", grouped(provider.history))
             : std::string("first guesses: no answer with this rulebook yet"));
    if (!provider.latency) {
      line("  time", "unknown", "how long an answer takes is known after the first run");
      continue;
    }
    const std::uint32_t workers = plan.workers.value_or(kUsualWorkers);
    line("  time", rough_duration_text(*expected_time(plan, provider, workers), language),
         fmt::format("with {} at a time{}, {} an answer", workers,
                     plan.workers ? "" : " if the provider takes them",
                     duration_text(*provider.latency, language)));
    for (std::size_t first = 0; first < kWorkers.size(); first += kTimesPerLine) {
      std::string times;
      for (std::size_t i = first; i < std::min(first + kTimesPerLine, kWorkers.size()); ++i) {
        times += fmt::format("{}{}: {}", times.empty() ? "" : " · ", kWorkers[i],
                             rough_duration_text(*expected_time(plan, provider, kWorkers[i]), language));
      }
      line(first == 0 ? "  at a time" : "", "", times);
    }
    if (provider.rpm || provider.tpm) {
      line("  limits", "",
           provider.rpm && provider.tpm ? fmt::format("{} requests and {} tokens a minute",
                                                      grouped(*provider.rpm), grouped(*provider.tpm))
           : provider.rpm               ? fmt::format("{} requests a minute", grouped(*provider.rpm))
                                        : fmt::format("{} tokens a minute", grouped(*provider.tpm)));
      if (provider.are_limits_learnt) line("", "", "as earlier runs met them");
    }
  }
  return text + in.translate("\nNothing was sent.\n");
}

std::string plan_json(const Plan& plan) {
  JsonLine line;
  line.text("type", "plan")
      .number("rows", plan.rows)
      .number("skipped", plan.skipped)
      .number("cached", plan.cached)
      .number("decided", plan.decided)
      .number("duplicates", plan.duplicates)
      .number("to_ask", plan.to_ask)
      .number("workers", plan.workers.value_or(kUsualWorkers));
  std::string providers;
  for (const PlannedProvider& provider : plan.providers) {
    JsonLine one;
    one.text("name", provider.name)
        .text("model", provider.model)
        .real("requests", provider.requests)
        .number("input_tokens", provider.usage.input)
        .number("cached_tokens", provider.usage.cached_input)
        .number("output_tokens", provider.usage.output)
        .number("prefix_tokens", provider.prefix_tokens)
        .number("history", provider.history);
    if (provider.short_prefix) one.number("prefix_tokens_to_be_cached", provider.short_prefix->needed);
    if (provider.cost) {
      one.real("cost", units(*provider.cost)).text("currency", provider.cost->currency().code());
    } else {
      one.null("cost");
    }
    if (provider.flex_cost) one.real("flex_cost", units(*provider.flex_cost));
    if (provider.batch_cost) one.real("batch_cost", units(*provider.batch_cost));
    const std::optional<Duration> time = expected_time(plan, provider, plan.workers.value_or(kUsualWorkers));
    if (time) {
      one.number("time_ms", static_cast<std::uint64_t>(std::max<std::int64_t>(
                                std::chrono::duration_cast<std::chrono::milliseconds>(*time).count(), 0)));
    } else {
      one.null("time_ms");
    }
    providers += (providers.empty() ? "" : ",") + one.finish();
  }
  line.raw("providers", "[" + providers + "]");
  return line.finish() + "\n";
}

}  // namespace sv::report
