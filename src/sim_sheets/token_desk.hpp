// The OAuth 2 token endpoint for service accounts: a signed JWT in, an access token out.
//
// Accepts both audiences that Google's clients claim (the constant https://oauth2.googleapis.com/token, and
// the token_uri of the key file). Without a public key signatures are not checked, everything else is.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "sim_sheets/sheets_model.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace sv::sim_sheets {

struct TokenDeskOptions {
  std::string public_key_pem;  // "": signatures are not checked
  std::string client_email;    // "": any issuer
  std::string token_uri;       // accepted as audience besides the constant; "": none
};

class TokenDesk {
 public:
  // Error: invalid_input when the public key cannot be read.
  static Result<TokenDesk> make(TokenDeskOptions options);
  TokenDesk(TokenDesk&&) noexcept;
  TokenDesk& operator=(TokenDesk&&) noexcept;
  ~TokenDesk();

  // `form`: the body of POST /token. Errors are Google's, HTTP 400 with error and error_description.
  SheetsReply answer(std::string_view form, WallTime now);
  // A token that answer() gave and that has not expired.
  bool accepts(std::string_view token, WallTime now) const;

 private:
  struct Key;
  explicit TokenDesk(TokenDeskOptions options);
  bool is_signed(std::string_view text, std::string_view signature) const;

  TokenDeskOptions options_;
  std::unique_ptr<Key> key_;
  std::map<std::string, WallTime, std::less<>> tokens_;  // with their ends
};

struct KeyPair {
  std::string private_pem;  // PKCS#8
  std::string public_pem;
};
// A fresh RSA key of 2,048 bits, for throw-away service accounts. Error: io when OpenSSL gives none.
Result<KeyPair> make_key_pair();

// The key file of a service account, as Google's console gives it out, pointing to `token_uri`.
std::string service_account_file(const KeyPair& keys, const std::string& token_uri);
inline constexpr std::string_view kDemoClientEmail = "demo@simulated.iam.gserviceaccount.com";

}  // namespace sv::sim_sheets
