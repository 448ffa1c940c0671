#include "base/hash.hpp"

#include "base/assert.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <zlib.h>

namespace sv {

namespace {
// EVP_Digest() looks the algorithm up by name each time (about 1 µs); fetching it once costs nothing per
// hash.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

EVP_MD_CTX* context() {
  struct Holder {
    EVP_MD_CTX* value = EVP_MD_CTX_new();
    Holder() = default;
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;
    ~Holder() { EVP_MD_CTX_free(value); }
  };
  thread_local Holder holder;
  return holder.value;
}
}  // namespace

Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest digest{};
  EVP_MD_CTX* ctx = context();
  const bool ok = EVP_DigestInit_ex(ctx, sha256_algorithm(), nullptr) == 1 &&
                  EVP_DigestUpdate(ctx, bytes.data(), bytes.size()) == 1 &&
                  EVP_DigestFinal_ex(ctx, digest.data(), nullptr) == 1;
  SV_ASSERT(ok, "OpenSSL computes SHA-256");
  return digest;
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256Digest digest{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(sha256_algorithm(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &size);
  SV_ASSERT(made != nullptr && size == digest.size(), "OpenSSL computes HMAC-SHA-256");
  return digest;
}

FieldHasher& FieldHasher::add(std::string_view field) {
  std::uint64_t length = field.size();
  for (int i = 0; i < 8; ++i) {
    buffer_.push_back(static_cast<char>(length & 0xffU));
    length >>= 8U;
  }
  buffer_.append(field);
  return *this;
}

Sha256Digest FieldHasher::finish() {
  const Sha256Digest digest = sha256(buffer_);
  buffer_.clear();
  return digest;
}

std::uint32_t crc32(std::string_view bytes, std::uint32_t previous) {
  return static_cast<std::uint32_t>(
      ::crc32_z(previous, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    hex.push_back(kDigits[byte >> 4U]);
    hex.push_back(kDigits[byte & 0xfU]);
  }
  return hex;
}

}  // namespace sv
