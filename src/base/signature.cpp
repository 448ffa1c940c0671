#include "base/signature.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

namespace sv {

namespace {

template <auto Free>
struct FreeBy {
  template <typename T>
  void operator()(T* value) const {
    Free(value);
  }
};
using BioPtr = std::unique_ptr<BIO, FreeBy<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeBy<EVP_MD_CTX_free>>;

// A PEM with a pass phrase is refused instead of asked about on the terminal.
int no_pass_phrase(char*, int, int, void*) { return 0; }

BioPtr memory_of(std::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

}  // namespace

Result<std::string> sign_rs256(const Secret& key, std::string_view text) {
  const BioPtr memory = memory_of(key.reveal());
  const KeyPtr pkey(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_pass_phrase, nullptr));
  if (pkey == nullptr || EVP_PKEY_get_base_id(pkey.get()) != EVP_PKEY_RSA) {
    return fail(ErrorKind::invalid_input, "its private key is not an RSA key in PEM form");
  }
  const ContextPtr context(EVP_MD_CTX_new());
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pkey.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return fail(ErrorKind::invalid_input, "its private key cannot sign");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                     text.size()) != 1) {
    return fail(ErrorKind::invalid_input, "its private key cannot sign");
  }
  signature.resize(size);
  return signature;
}

bool verify_rs256(std::string_view key, std::string_view text, std::string_view signature) {
  const BioPtr memory = memory_of(key);
  const KeyPtr pkey(PEM_read_bio_PUBKEY(memory.get(), nullptr, no_pass_phrase, nullptr));
  const ContextPtr context(EVP_MD_CTX_new());
  return pkey != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pkey.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1;
}

std::string base64url(std::string_view bytes) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  unsigned pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = (pending << 8U) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kAlphabet[(pending >> bits) & 0x3FU];
    }
  }
  if (bits > 0) text += kAlphabet[(pending << (6 - bits)) & 0x3FU];
  return text;
}

}  // namespace sv
