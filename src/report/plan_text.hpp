// What a run would do, take and cost, for `status-validator plan`.
#pragma once

#include "base/time.hpp"
#include "domain/money.hpp"
#include "domain/usage.hpp"
#include "words/phrasebook.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::report {

struct PlannedProvider {
  std::string name;
  std::string model;
  domain::Usage usage = {};         // of all requests
  double requests = 0;              // repeated ones among them
  std::uint64_t prefix_tokens = 0;  // what all requests begin with
  // Nothing of that is billed at the cache price, since it is too short: a longer beginning would be cheaper.
  // How many tokens it would take, and the price of cached tokens as a share of the full one.
  struct ShortPrefix {
    std::uint64_t needed = 0;
    double cache_price = 1;
  };
  std::optional<ShortPrefix> short_prefix = std::nullopt;
  std::optional<domain::Money> cost;  // nothing: the model's price is not known
  std::optional<domain::Money> flex_cost =
      std::nullopt;  // likewise, at the flex price; nothing: no such tier
  std::optional<domain::Money> batch_cost = std::nullopt;  // likewise, in batches; nothing: no Batch API
  std::string price_note;            // where the price is from and how old it is; empty when it is not known
  std::uint64_t history = 0;         // answers with this rulebook that the figures come from; 0: none
  std::optional<Duration> latency;   // of a request; nothing: not known yet
  std::optional<std::uint64_t> rpm;  // as the settings have it
  std::optional<std::uint64_t> tpm;
  bool are_limits_learnt = false;  // met by earlier runs, not set
};

struct Plan {
  std::uint64_t rows = 0;
  std::uint64_t skipped = 0;     // without an identifier
  std::uint64_t cached = 0;      // answered before
  std::uint64_t decided = 0;     // by the settings' checks
  std::uint64_t duplicates = 0;  // identical to another row that is asked about
  std::uint64_t to_ask = 0;
  std::vector<PlannedProvider> providers;  // in priority order: each as if it answered all of them
  // Requests at the same time, as the settings have it; nothing: as many as the provider takes.
  std::optional<std::uint32_t> workers;
};

// How long `to_ask` requests take with so many at the same time, within the limits that are known; nothing
// when it is not known how long one takes.
std::optional<Duration> expected_time(const Plan& plan, const PlannedProvider& provider,
                                      std::uint32_t workers);

// Lines for people. Safe to print.
std::string render_plan(const Plan& plan,
                        const words::Phrasebook& in = words::phrasebook_of(domain::Language::english));
// One JSON line: durations in milliseconds, money in the currency's units.
std::string plan_json(const Plan& plan);

}  // namespace sv::report
