// What a model said about a question: paid for once, kept for good.
#pragma once

#include "base/time.hpp"
#include "domain/usage.hpp"
#include "domain/verdict.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sv::domain {

// SHA-256 of the exact question: rulebook revision, prompt version, schema, model and parameters, and the
// fields of the row that are sent. Never the row number: rows move, verdicts stay.
using AnswerKey = std::array<std::uint8_t, 32>;

// As the model of an answer that no model gave: the settings' checks were enough.
inline constexpr std::string_view kDecidedByChecks = "checks";

struct Answer {
  Verdict verdict;       // as the model gave it, before code checks
  std::string raw_json;  // the model's reply, verbatim but for its row code
  Usage usage;           // of the request that gave it
  std::string provider;  // name in the settings
  std::string model;     // as the provider reports it, else as requested
  WallTime answered_at{};
};

// Answers are not copied: several rows may have the same one, and it goes through many hands.
using SharedAnswer = std::shared_ptr<const Answer>;

// What stands in place of a model's answer then.
inline Answer answer_of_checks(WallTime when) {
  Answer answer;
  answer.model = kDecidedByChecks;
  answer.answered_at = when;
  return answer;
}

}  // namespace sv::domain
