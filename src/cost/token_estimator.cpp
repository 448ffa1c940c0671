#include "cost/token_estimator.hpp"

#include "base/hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <system_error>

namespace sv::cost {

namespace {

using Weights = std::array<double, TextFeatures::kClasses>;

// Tokens per unit of each class, fitted offline (pacing.md §7.2).
constexpr Weights kO200k = {0.401, 0.276, -0.236, 0.907, 0.028, 1.447, 0.136, 0.584, 1.363};
constexpr Weights kCl100k = {0.492, 0.513, -0.367, 0.931, 0.023, 1.225, 0.259, 0.593, 1.267};

// The chat format itself: 3 tokens a message, 3 for the reply (pacing.md §7.2).
constexpr double kTemplateTokens = 9;
constexpr double kForgetting = 0.9995;  // pacing.md §7.2
constexpr double kNoise = 25;           // variance of one reply, tokens²; likewise
// How far the first guess may be off: 30 % of a weight and 10 % of the prefix, and a little. Chosen on the
// rows of tests/cost; half and double of it made no difference.
constexpr double kWeightDoubt = 0.3;
constexpr double kLeastWeightDoubt = 0.05;
constexpr double kPrefixDoubt = 0.1;
constexpr double kLeastPrefixDoubt = 20;
constexpr double kLargestWeight = 20;  // tokens per unit; real ones are below 2
// A reply further off than 4 standard deviations surprises; three in a row the same way mean that the prefix
// is another one (the provider stopped counting the schema, say).
constexpr double kSurprise = 4;
constexpr int kSurprisesOfAShift = 3;
// No tokenizer gives fewer than one token for 40 characters of prose, nor more than 4 for each; a provider
// may add a hidden prompt.
constexpr double kMostCharactersPerToken = 40;
constexpr double kMostTokensPerCharacter = 4;
constexpr double kHiddenPrompt = 10'000;
constexpr double kMostReplies = 1e15;
constexpr std::size_t kFingerprintCharacters = 16;
constexpr std::size_t kLongestText = 2'000;
constexpr std::string_view kVersion = "1";

// Models from before gpt-4o; all later ones of OpenAI's count by o200k_base. Of others' tokenizers nothing is
// known, and calibration does not need to.
const Weights& weights_of(std::string_view model) {
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos) {
    model.remove_prefix(slash + 1);
  }
  const bool is_old = model == "gpt-4" || model.starts_with("gpt-4-") || model.starts_with("gpt-3");
  return is_old ? kCl100k : kO200k;
}

std::string fingerprint(const TextFeatures& prefix) {
  FieldHasher hasher;
  for (const std::uint64_t count : prefix.counts) hasher.add(std::to_string(count));
  return to_hex(hasher.finish()).substr(0, kFingerprintCharacters);
}

// The next word of `text`, taken off it.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::optional<double> take_number(std::string_view& text) {
  const std::string_view word = take_word(text);
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

template <std::size_t N>
bool take_numbers(std::string_view& text, std::array<double, N>& numbers) {
  return std::ranges::all_of(numbers, [&](double& number) {
    const std::optional<double> taken = take_number(text);
    if (taken) number = *taken;
    return taken.has_value();
  });
}

}  // namespace

TokenEstimator::TokenEstimator(std::string_view model, const TextFeatures& prefix) : prefix_(prefix) {
  std::ranges::copy(weights_of(model), std::next(guess_.begin()));
  guess_[0] = guess_of_prefix(guess_);
  guess_variances_[0] = std::pow(kPrefixDoubt * guess_[0] + kLeastPrefixDoubt, 2);
  for (std::size_t i = 1; i < kUnknowns; ++i) {
    guess_variances_.at(i) = std::pow(kWeightDoubt * std::abs(guess_.at(i)) + kLeastWeightDoubt, 2);
  }
  begin_with(guess_, guess_variances_);
}

void TokenEstimator::begin_with(const Vector& unknowns, const Vector& variances) {
  unknowns_ = unknowns;
  covariance_ = {};
  for (std::size_t i = 0; i < kUnknowns; ++i) covariance_.at(i).at(i) = variances.at(i);
  surprises_ = 0;
}

double TokenEstimator::guess_of_prefix(const Vector& unknowns) const {
  double tokens = kTemplateTokens;
  for (std::size_t i = 1; i < kUnknowns; ++i) {
    tokens += unknowns.at(i) * static_cast<double>(prefix_.counts.at(i - 1));
  }
  return std::max(tokens, kTemplateTokens);
}

double TokenEstimator::predict(const Vector& input) const {
  double tokens = 0;
  for (std::size_t i = 0; i < kUnknowns; ++i) tokens += unknowns_.at(i) * input.at(i);
  return tokens;
}

bool TokenEstimator::is_plausible(double tokens, std::uint64_t characters) const {
  const auto all = static_cast<double>(prefix_.characters + characters);
  return tokens >= 1 && tokens >= all / kMostCharactersPerToken &&
         tokens <= all * kMostTokensPerCharacter + kHiddenPrompt;
}

namespace {

template <typename Vector>
Vector input_of(const TextFeatures& text) {
  Vector input{};
  input[0] = 1;
  std::ranges::transform(text.counts, std::next(input.begin()),
                         [](std::uint64_t count) { return static_cast<double>(count); });
  return input;
}

}  // namespace

std::uint64_t TokenEstimator::estimate(const TextFeatures& text) const {
  const auto all = static_cast<double>(prefix_.characters + text.characters);
  const double least = std::max(1.0, all / kMostCharactersPerToken);
  const double most = all * kMostTokensPerCharacter + kHiddenPrompt;
  return static_cast<std::uint64_t>(std::llround(std::clamp(predict(input_of<Vector>(text)), least, most)));
}

void TokenEstimator::learn(const TextFeatures& text, std::uint64_t prompt_tokens) {
  const auto counted = static_cast<double>(prompt_tokens);
  if (!is_plausible(counted, text.characters)) return;
  const Vector input = input_of<Vector>(text);
  Vector gain{};  // the covariance times the input
  double variance = kNoise;
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t j = 0; j < kUnknowns; ++j) gain.at(i) += covariance_.at(i).at(j) * input.at(j);
    variance += gain.at(i) * input.at(i);
  }
  const double difference = counted - predict(input);
  const bool is_surprise = difference * difference > kSurprise * kSurprise * variance;
  const bool is_above = difference > 0;
  if (!is_surprise) surprises_ = 0;
  if (is_surprise) surprises_ = is_above ? std::max(surprises_, 0) + 1 : std::min(surprises_, 0) - 1;
  update(gain, variance, difference);
  if (std::abs(surprises_) >= kSurprisesOfAShift) {
    covariance_[0][0] += difference * difference;
    surprises_ = 0;
  }
  ++learnt_from_;
  if (!is_sound()) begin_with(guess_, guess_variances_);
}

// Symmetric by construction: the lower half mirrors the upper one.
void TokenEstimator::update(const Vector& gain, double variance, double difference) {
  // What no text has told of for long (digits in a run without digits) would be forgotten without end.
  bool is_forgetting = true;
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    unknowns_.at(i) += gain.at(i) / variance * difference;
    if (covariance_.at(i).at(i) > guess_variances_.at(i)) is_forgetting = false;
  }
  const double factor = is_forgetting ? 1 / kForgetting : 1;
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t j = i; j < kUnknowns; ++j) {
      const double left = (covariance_.at(i).at(j) - gain.at(i) * gain.at(j) / variance) * factor;
      covariance_.at(i).at(j) = left;
      covariance_.at(j).at(i) = left;
    }
  }
}

bool TokenEstimator::is_sound() const {
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    if (!std::isfinite(unknowns_.at(i)) || !(covariance_.at(i).at(i) >= 0)) return false;
    if (!std::ranges::all_of(covariance_.at(i), [](double value) { return std::isfinite(value); }))
      return false;
  }
  return true;
}

std::string TokenEstimator::encode() const {
  std::string text = fmt::format("{} {} {}", kVersion, fingerprint(prefix_), learnt_from_);
  for (const double unknown : unknowns_) fmt::format_to(std::back_inserter(text), " {:.9g}", unknown);
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    fmt::format_to(std::back_inserter(text), " {:.9g}", covariance_.at(i).at(i));
  }
  return text;
}

bool TokenEstimator::recall(std::string_view text) {
  if (text.size() > kLongestText || take_word(text) != kVersion) return false;
  const bool is_same_prefix = take_word(text) == fingerprint(prefix_);
  const std::optional<double> replies = take_number(text);
  Vector unknowns{};
  Vector variances{};
  if (!replies || *replies < 0 || *replies > kMostReplies) return false;
  if (!take_numbers(text, unknowns) || !take_numbers(text, variances) || !text.empty()) return false;
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    if (variances.at(i) < 0 || (i > 0 && std::abs(unknowns.at(i)) > kLargestWeight)) return false;
    variances.at(i) = std::min(variances.at(i), guess_variances_.at(i));
  }
  if (!is_same_prefix) {
    unknowns[0] = guess_of_prefix(unknowns);
    variances[0] = guess_variances_[0];
  }
  // What would give nonsense for the prefix alone is garbage, however well it is written.
  if (!is_plausible(unknowns[0], 0)) return false;
  begin_with(unknowns, variances);
  learnt_from_ = static_cast<std::uint64_t>(*replies);
  return true;
}

}  // namespace sv::cost
