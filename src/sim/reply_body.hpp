// The bodies of successful replies.
#pragma once

#include "domain/usage.hpp"
#include "domain/verdict.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::sim {

// Stands in `model` of every reply and so in the `Model` column of every review.
inline constexpr std::string_view kModelName = "simulated-judge (not a real model)";
// The id that GET /v1/models lists.
inline constexpr std::string_view kModelId = "simulated-judge";

// The content of the message: issues as objects (message, rule, severity, quote) or, as in the Python
// original, as strings; keys in the schema's order. Without `row_code` where it is empty.
std::string verdict_json(const domain::Verdict& verdict, bool with_issue_objects, std::string_view row_code);

struct Completion {
  std::uint64_t number = 0;  // of the request: makes the id
  std::int64_t created = 0;  // Unix seconds
  std::optional<std::string_view> content = std::nullopt;
  std::optional<std::string_view> refusal = std::nullopt;
  std::string_view finish_reason = "stop";
  bool has_choices = true;
  std::optional<domain::Usage> usage = std::nullopt;
  bool is_flex = false;
};

std::string completion_body(const Completion& completion);

// One model of that id.
std::string models_body(std::int64_t created, std::string_view id);

}  // namespace sv::sim
