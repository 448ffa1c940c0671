// How many prompt tokens a request will have, learnt from what the provider counted before.
//
// Without any tokenizer: tokens = P + Σ weight × count over the classes of text_features.hpp, where P stands
// for all that is the same in every request (system prompt, schema, chat format). The ten unknowns begin with
// values measured for OpenAI's tokenizers and follow `usage.prompt_tokens` by recursive least squares
// (pacing.md §7.2). Measured on real rows, Russian and English mixed: within 5 % from the second reply on.
//
// An estimate is for pacing. What is billed is what the provider counts: use `usage` for money.
#pragma once

#include "cost/text_features.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sv::cost {

// One per provider and model. Pure; a plain value; not thread-safe.
class TokenEstimator {
 public:
  // `prefix` is what every request of the run holds, counted once; `model` chooses the first guess.
  TokenEstimator(std::string_view model, const TextFeatures& prefix);

  // Of the whole prompt whose changing part is `text`. Always a sensible figure: at least one token for 40
  // characters.
  std::uint64_t estimate(const TextFeatures& text) const;

  // The provider counted so many for that text. Figures that no tokenizer gives (none, or several for each
  // character) are not learnt from.
  void learn(const TextFeatures& text, std::uint64_t prompt_tokens);

  // From how many replies, those of earlier runs included.
  std::uint64_t learnt_from() const { return learnt_from_; }

  // What was learnt, as one line of text, and back:
  //
  //   1 PREFIX COUNT u0 … u9 v0 … v9     version, fingerprint of the prefix, replies, unknowns, variances
  //
  // Another prefix keeps the weights and works P out anew. False: not a text of this version, or not
  // sensible; the estimator is as it was.
  std::string encode() const;
  bool recall(std::string_view text);

 private:
  static constexpr std::size_t kUnknowns = 1 + TextFeatures::kClasses;  // P first
  using Vector = std::array<double, kUnknowns>;
  using Matrix = std::array<Vector, kUnknowns>;

  void begin_with(const Vector& unknowns, const Vector& variances);
  double guess_of_prefix(const Vector& unknowns) const;
  double predict(const Vector& input) const;
  void update(const Vector& gain, double variance, double difference);
  bool is_sound() const;
  bool is_plausible(double tokens, std::uint64_t characters) const;

  TextFeatures prefix_;
  Vector guess_{};
  Vector guess_variances_{};
  Vector unknowns_{};
  Matrix covariance_{};
  std::uint64_t learnt_from_ = 0;
  int surprises_ = 0;  // replies in a row that were far above (positive) or below the estimate
};

}  // namespace sv::cost
