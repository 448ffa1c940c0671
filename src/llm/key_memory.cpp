#include "llm/key_memory.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"

#include <fmt/format.h>

#include <span>
#include <utility>

namespace sv::llm {

namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kFingerprintBytes = 4;

}  // namespace

KeyMemory::KeyMemory(ports::LearntFacts& facts, std::string_view base_url, std::string_view model, Secret key)
    : facts_(facts), fact_name_(fmt::format("key_worked/{}/{}", base_url, model)), key_(std::move(key)) {
  has_worked_ = key_.is_empty();  // no key can be no wrong one
  if (has_worked_) return;
  const std::optional<std::string> fact = facts_.recall(fact_name_);
  if (!fact) return;
  const std::size_t colon = fact->find(':');
  if (colon == std::string::npos) return;
  has_worked_ = fingerprint(fact->substr(0, colon)) == fact->substr(colon + 1);
}

void KeyMemory::note_worked() {
  if (std::exchange(has_worked_, true)) return;
  const std::string salt = unguessable_hex(kSaltBytes);
  facts_.remember(fact_name_, salt + ":" + fingerprint(salt));
}

std::string KeyMemory::fingerprint(std::string_view salt) const {
  const Sha256Digest digest = hmac_sha256(salt, key_.reveal());
  return to_hex(std::span(digest).first(kFingerprintBytes));
}

}  // namespace sv::llm
