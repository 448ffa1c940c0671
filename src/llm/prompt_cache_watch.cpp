#include "llm/prompt_cache_watch.hpp"

#include <fmt/format.h>

namespace sv::llm {

std::optional<std::string> PromptCacheWatch::note(const domain::Usage& usage, std::uint64_t prefix_tokens,
                                                  bool hit_expected, bool must_cache) {
  if (usage.input == 0) return std::nullopt;
  const bool is_hit = usage.cached_input > 0;
  if (is_hit) has_hit_ = true;
  if (has_warned_ || !(must_cache || has_hit_)) return std::nullopt;
  if (prefix_tokens < kLeastCachedTokens && !has_hit_) {
    has_warned_ = true;
    return fmt::format(
        "the instructions and the rulebook have ~{} tokens; providers cache a prompt's beginning from {} "
        "tokens "
        "on, so every row pays for them in full. Some {} more tokens of rules (examples of good and bad "
        "comments, say) would make them cheaper",
        prefix_tokens, kLeastCachedTokens, kLeastCachedTokens - prefix_tokens);
  }
  return hit_expected ? note_expected(is_hit, prefix_tokens) : std::nullopt;
}

std::optional<std::string> PromptCacheWatch::note_expected(bool is_hit, std::uint64_t prefix_tokens) {
  ++in_window_;
  if (is_hit) ++hits_in_window_;
  if (in_window_ < kWindow) return std::nullopt;
  const std::size_t hits = hits_in_window_;
  in_window_ = 0;
  hits_in_window_ = 0;
  if (hits * 2 >= kWindow) return std::nullopt;
  has_warned_ = true;
  return fmt::format(
      "only {} of the last {} requests hit the provider's prompt cache, where nearly all should (the "
      "prompt's "
      "beginning has ~{} tokens and is the same for every row): {}",
      hits, kWindow, prefix_tokens,
      hits == 0 && !has_hit_
          ? "this provider does not cache this model's prompts, or does not report it"
          : "others may be using up the same account, or the provider drops its cache early");
}

}  // namespace sv::llm
