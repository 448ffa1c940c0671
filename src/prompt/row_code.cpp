#include "prompt/row_code.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sv::prompt {

namespace {

constexpr std::uint32_t kCodes = 1'000'000;
constexpr std::size_t kDigits = 6;

}  // namespace

RowCode RowCode::draw() { return RowCode(unguessable_bits() % kCodes); }

RowCode RowCode::derive(std::string_view secret, std::string_view question) {
  const Sha256Digest digest = hmac_sha256(secret, question);
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < sizeof bits; ++i) bits = bits << 8U | digest[i];
  return RowCode(bits % kCodes);
}

std::string RowCode::text() const { return fmt::format("{:0{}}", digits_, kDigits); }

bool RowCode::is_repeated_by(std::string_view written) const {
  const std::string_view digits = trim(written);
  if (digits.empty() || digits.size() > kDigits) return false;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && value == digits_;
}

}  // namespace sv::prompt
