// Hashes: SHA-256 for content addresses, CRC-32 for noticing damaged rows of the store.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sv {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view bytes);
Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes);

// Collects fields so that no two different lists of fields hash alike: each field is preceded by its length
// (8 bytes, little endian). Reuse one object for many hashes: finish() makes it empty again.
class FieldHasher {
 public:
  FieldHasher& add(std::string_view field);
  Sha256Digest finish();

 private:
  std::string buffer_;
};

std::uint32_t crc32(std::string_view bytes, std::uint32_t previous = 0);

std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace sv
