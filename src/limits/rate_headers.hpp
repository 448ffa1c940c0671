// What a provider says about its limits with every reply: the x-ratelimit-* headers, read without trusting
// them.
//
// Pure. Dialects differ (openai-api.md §6.2, §7): OpenAI gives limit, remaining and reset of both quotas,
// Azure only what remains and sometimes -1 or 0 as placeholders, Groq counts requests per day, many send
// nothing. So everything is optional, and what cannot be a quota per minute is left out.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace sv::limits {

// One quota, in requests or in LLM tokens. Its window is not told: ToldWindow finds it out.
struct ToldQuota {
  std::optional<std::uint64_t> limit = std::nullopt;      // never 0
  std::optional<std::uint64_t> remaining = std::nullopt;  // when the provider looked, at or before the reply
  std::optional<Duration> reset = std::nullopt;           // then, until it is full or the window is over
  // `remaining` is of a window of some seconds: what is sent of it at once is missing until its end.
  bool is_borrowed = false;
  bool operator==(const ToldQuota&) const = default;
};

// Which of them a 429 is about.
enum class RefusedQuota : std::uint8_t {
  unknown,
  requests,
  tokens,
  slots,   // requests at a time, not per minute
  growth,  // `slow_down`: none of them, but what is sent has grown too quickly
};

struct RateHeaders {
  ToldQuota requests;
  ToldQuota tokens;
  RefusedQuota refused = RefusedQuota::unknown;
  bool operator==(const RateHeaders&) const = default;
};

// The value of the first header of that name (any case).
using HeaderLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

RateHeaders read_rate_headers(const HeaderLookup& header);

}  // namespace sv::limits
