// Which ErrorKind a provider's error is: the table in openai-api.md §3 and the dialects of §7.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sv::llm {

// The error object of a body, as far as it is there. Empty texts are absent ones.
struct ErrorBody {
  std::string message;
  std::string type;
  std::string code;       // numbers as text
  std::string parameter;  // error.param
  std::string quotas;  // the ids in Google's `details`: "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
};

// `status` is the HTTP status, or error.code of a 200 whose body holds an error.
ErrorKind classify_error(int status, const ErrorBody& body);

// What a 429 for too many tokens says that the request was charged: "… Used 22999, Requested 12528. …"; else
// 0.
std::uint64_t requested_tokens(std::string_view message);

// What is used up is a day's limit: there is more of it later, but not within a run.
bool is_limit_of_a_day(const ErrorBody& body);

}  // namespace sv::llm
