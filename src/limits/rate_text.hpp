// What the body of a 429 says about the limits, for providers whose headers say nothing.
//
//   OpenAI, Groq   "Rate limit reached for … on tokens per min (TPM): Limit 30000, Used 22999, …"
//   Anthropic      "… your organization's rate limit of 50 requests per minute …"
//   by slots       "Too many concurrent requests …": a limit of requests at a time
//   Gemini         "quotaId":"GenerateRequestsPerMinutePerProjectPerModel…" … "quotaValue":"15"
//
// Pure; the text is not trusted. Limits of an hour or a day are not told as a minute's.
#pragma once

#include "limits/rate_headers.hpp"

#include <string_view>

namespace sv::limits {

// `body` is the reply's, as received; only its beginning is read.
RateHeaders read_rate_text(std::string_view body);

}  // namespace sv::limits
