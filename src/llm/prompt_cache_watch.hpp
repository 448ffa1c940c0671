// Watches what the provider's prompt cache saves, and says so once when it saves less than it should.
//
// Pure. Each warning comes at most once per run and provider, and only where prompt caching is to be
// expected.
#pragma once

#include "domain/usage.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace sv::llm {

// The least prompt prefix that providers cache (openai-api.md §8).
inline constexpr std::uint64_t kLeastCachedTokens = 1024;

class PromptCacheWatch {
 public:
  // Hits are counted over so many replies that should have been some.
  static constexpr std::size_t kWindow = 100;

  // A reply's usage. `prefix_tokens`: what of its input was the static part, estimated. `hit_expected`: its
  // key was warm. `must_cache`: the provider is known to cache; else there is nothing to warn of until it has
  // cached once. Gives the warning to log, if any.
  std::optional<std::string> note(const domain::Usage& usage, std::uint64_t prefix_tokens, bool hit_expected,
                                  bool must_cache);

 private:
  std::optional<std::string> note_expected(bool is_hit, std::uint64_t prefix_tokens);

  bool has_hit_ = false;
  bool has_warned_ = false;
  std::size_t in_window_ = 0;
  std::size_t hits_in_window_ = 0;
};

}  // namespace sv::llm
