// A run with something of everything.
#pragma once

#include "metrics/run_summary.hpp"

namespace sv::report {

inline metrics::RunSummary sample_summary() {
  using namespace std::chrono_literals;
  metrics::RunSummary summary;
  summary.rows = 12'345;
  summary.judged = 10'200;
  summary.cached = 2'100;
  summary.unjudged = 37;
  summary.skipped = 8;
  summary.valid = 7'900;
  summary.invalid = 4'400;
  summary.wall_time = 754s;
  summary.rows_per_second = 16.37;
  summary.time_per_row = 61ms;
  summary.requests = 10'260;
  summary.max_in_flight = 64;
  summary.batches = 3;
  summary.batch_answers = 1'210;
  summary.hedges = 41;
  summary.cancelled = 41;
  summary.success_rate = 10'201.0 / 10'260.0;
  summary.rate_limited_per_1000_rows = 18.0 / 12.345;
  summary.tokens_per_request = 919.3;
  summary.latency = {.count = 10'200, .p50 = 812ms, .p95 = 2140ms, .p99 = 3s, .max = 61s};
  summary.retries = {{ErrorKind::connect, 4}, {ErrorKind::rate_limited, 18}, {ErrorKind::invalid_reply, 1}};
  summary.errors = {{ErrorKind::connect, 4}, {ErrorKind::rate_limited, 18}, {ErrorKind::refused, 37}};
  summary.usage = {.input = 8'512'000,
                   .cached_input = 5'107'200,
                   .cache_write = 1'024,
                   .output = 920'400,
                   .reasoning = 12'000};
  summary.cost.add(domain::Money(1'853'000'040'000, domain::Currency()));
  summary.unpriced_tokens = 512'000;
  summary.cache_hit_rate = 2'100.0 / 12'337.0;
  summary.prompt_cache_hit_rate = 0.6;
  summary.providers = {{.name = "openai",
                        .requests = 10'000,
                        .failed = 23,
                        .usage = {.input = 8'000'000},
                        .disabled_because = {}},
                       {.name = "backup",
                        .requests = 260,
                        .failed = 0,
                        .usage = {.input = 512'000},
                        .hedges = 41,
                        .outages = 1,
                        .down = 62s,
                        .unpriced_tokens = 512'000,
                        .unpriced_model = "qwen3\x1b[31m-30b",
                        .disabled_because = {}},
                       {.name = "old\x1b[31m",
                        .requests = 0,
                        .failed = 0,
                        .usage = {},
                        .disabled_because = "the key was refused (401)\nask the owner"}};
  summary.providers[0].cost = summary.cost;
  domain::ProviderLimits openai{.provider = "openai",
                                .requests = {.per_minute = 1'000, .last_minute = 960, .mean = 0.982},
                                .tokens = {.per_minute = 2'000'000, .last_minute = 910'000, .mean = 0.466}};
  openai.waiting_for(domain::WaitReason::requests) = 41;
  summary.limits = {openai, {.provider = "backup", .requests = {.last_minute = 260}}};
  return summary;
}

}  // namespace sv::report
