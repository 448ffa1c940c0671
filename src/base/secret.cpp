#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace sv {

namespace {
constexpr std::size_t kShownFrom = 20;  // below this length four shown characters would be too large a share

std::string redact(std::string_view raw) {
  if (raw.empty()) return "(not set)";
  if (raw.size() < kShownFrom) return "(set)";
  return std::string(raw.substr(0, 3)) + "…" + std::string(raw.substr(raw.size() - 4)) + " (" +
         std::to_string(raw.size()) + " characters)";
}
}  // namespace

Secret::Secret(std::string raw) : raw_(std::move(raw)), redacted_(redact(raw_)) {}

Secret::Secret(Secret&& other) noexcept
    : raw_(std::move(other.raw_)), redacted_(std::move(other.redacted_)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  std::swap(raw_, other.raw_);
  std::swap(redacted_, other.redacted_);
  return *this;
}

Secret::~Secret() {
  if (!raw_.empty()) OPENSSL_cleanse(raw_.data(), raw_.size());
}

}  // namespace sv
