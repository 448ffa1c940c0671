// What a provider charges its limit on tokens for a prompt, compared with what we reckon it to.
//
// How providers reckon before they count is not documented: by characters (OpenAI's error texts look like a
// quarter of them, openai-api.md §6.1) or by tokens, which for Russian text are a quarter more. We reckon the
// larger (PromptTokens::reckon), and less where the provider shows that it does:
//
//   headers   limit - remaining is what is used right after this request was taken: its charge, and what was
//             left of others. The least of all replies' is a charge
//   a 429     "Requested 1234" is this request's charge; no less is reckoned from then on
//
// Never scales up: what is reckoned is the most that is known of. A provider that refuses for too many tokens
// although its headers showed less is believed less and less: after each such refusal that names no number,
// it begins anew and twice as many replies must agree. Pure; one for each provider and model, remembered
// between runs: rows that wait in the queue when the first reply comes are charged as they were reckoned
// before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::llm {

class ChargeScale {
 public:
  // No provider is known to charge less than this of what we reckon; less is a header that means something
  // else.
  static constexpr double kLeast = 0.5;
  // Rows differ by as much from the least of them (measured: 0.797 to 0.815 of Russian and English rows).
  static constexpr double kRoom = 1.01;

  // After a reply whose headers tell a limit and what remains of it. `reckoned`: of that request's prompt.
  void note_used(std::uint64_t used, std::uint64_t reckoned);
  // A refusal for too many tokens: it names the charge, or 0.
  void note_refused(std::uint64_t requested, std::uint64_t reckoned);

  // 1, or less.
  double scale() const;
  std::uint64_t scaled(std::uint64_t reckoned) const;

  // For LearntFacts; decode() gives nothing for what it does not understand.
  std::string encode() const;
  static std::optional<ChargeScale> decode(std::string_view text);

  bool operator==(const ChargeScale&) const = default;

 private:
  double least_ = 1;
  double named_ = 0;           // by the last refusal that named a charge
  std::uint64_t replies_ = 0;  // since it began anew
  std::uint64_t needed_ = 1;
};

}  // namespace sv::llm
