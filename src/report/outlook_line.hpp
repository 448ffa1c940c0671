// The first lines of a run: what it is about to ask, and what that is expected to cost and to take. `plan`
// tells more (plan_text.hpp).
#pragma once

#include "base/time.hpp"
#include "domain/money.hpp"
#include "words/phrasebook.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sv::report {

enum class AskMode : std::uint8_t { online, flex, batch };

struct Outlook {
  std::uint64_t rows = 0;
  std::uint64_t skipped = 0;
  std::uint64_t cached = 0;
  std::uint64_t decided = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t to_ask = 0;
  AskMode mode = AskMode::online;
  std::string model;                  // of the first provider
  std::optional<domain::Money> cost;  // nothing: the model's price is not known
  std::optional<Duration> time;       // online; nothing: not known
  std::uint64_t history = 0;          // answers with this rulebook that it comes from; 0: first guesses
};

// Without line breaks. Safe to print.
std::vector<std::string> render_outlook(const Outlook& outlook, const words::Phrasebook& in);

}  // namespace sv::report
