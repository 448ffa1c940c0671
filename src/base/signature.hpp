// Signatures for signing in: RSA with SHA-256 (RS256 of RFC 7518), and the text form of bytes that goes with
// it.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace sv {

// The signature's bytes. `key`: a private RSA key as PEM (PKCS#8 or PKCS#1), without a pass phrase.
// invalid_input when it is none; never a part of it in the message.
Result<std::string> sign_rs256(const Secret& key, std::string_view text);
// `key`: the public key or certificate as PEM.
bool verify_rs256(std::string_view key, std::string_view text, std::string_view signature);

// RFC 4648 §5, without padding.
std::string base64url(std::string_view bytes);

}  // namespace sv
