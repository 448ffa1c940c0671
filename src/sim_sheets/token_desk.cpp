#include "sim_sheets/token_desk.hpp"

#include "base/hash.hpp"
#include "sim_sheets/grid_arguments.hpp"
#include "sim_sheets/request_target.hpp"
#include "sim_sheets/spreadsheet_view.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <optional>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kGrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::string_view kGoogleAudience = "https://oauth2.googleapis.com/token";
constexpr std::string_view kBadTimes =
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your "
    "iat and exp "
    "values in the JWT claim.";
// A clock 8 minutes fast was refused by Google; where exactly it begins is not known.
constexpr std::int64_t kMostSkewSeconds = 300;
constexpr std::int64_t kLongestSeconds = 3600;
constexpr std::size_t kMostTokens = 10'000;
constexpr unsigned kKeyBits = 2048;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

SheetsReply refuse(std::string_view error, std::string_view description) {
  json::object body{{"error", error}};
  if (!description.empty()) body["error_description"] = description;
  return {.status = 400, .body = pretty_json(body)};
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    unsigned value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<unsigned>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<unsigned>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<unsigned>(c - '0') + 52;
    else if (c == '-')
      value = 62;
    else if (c == '_')
      value = 63;
    else
      return std::nullopt;
    bits = (bits << 6U) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
    }
  }
  return bytes;
}

std::optional<json::object> decode_part(std::string_view text) {
  const std::optional<std::string> bytes = decode_base64url(text);
  if (!bytes) return std::nullopt;
  boost::system::error_code error;
  json::value value = json::parse(*bytes, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

}  // namespace

struct TokenDesk::Key {
  Pkey pkey{nullptr, EVP_PKEY_free};
};

TokenDesk::TokenDesk(TokenDeskOptions options) : options_(std::move(options)) {}
TokenDesk::TokenDesk(TokenDesk&&) noexcept = default;
TokenDesk& TokenDesk::operator=(TokenDesk&&) noexcept = default;
TokenDesk::~TokenDesk() = default;

Result<TokenDesk> TokenDesk::make(TokenDeskOptions options) {
  TokenDesk desk(std::move(options));
  const std::string& pem = desk.options_.public_key_pem;
  if (pem.empty()) return desk;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free_all);
  desk.key_ = std::make_unique<Key>();
  desk.key_->pkey.reset(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (!desk.key_->pkey || EVP_PKEY_base_id(desk.key_->pkey.get()) != EVP_PKEY_RSA) {
    return fail(ErrorKind::invalid_input,
                "the public key is no RSA key in PEM form (openssl rsa -in key.pem -pubout makes one)");
  }
  return desk;
}

bool TokenDesk::is_signed(std::string_view text, std::string_view signature) const {
  if (!key_) return true;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto bytes = [](std::string_view view) {
    return reinterpret_cast<const unsigned char*>(view.data());
  };
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->pkey.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

SheetsReply TokenDesk::answer(std::string_view form, WallTime now) {
  const RequestTarget fields = parse_target("?" + std::string(form));
  if (fields.parameter("grant_type") != kGrantType) return refuse("unsupported_grant_type", "");
  const std::string assertion(fields.parameter("assertion"));
  const std::size_t first = assertion.find('.');
  const std::size_t second = first == std::string::npos ? first : assertion.find('.', first + 1);
  if (second == std::string::npos) return refuse("invalid_grant", "Invalid JWT");
  const std::string_view view = assertion;
  const std::optional<json::object> header = decode_part(view.substr(0, first));
  const std::optional<json::object> claims = decode_part(view.substr(first + 1, second - first - 1));
  const std::optional<std::string> signature = decode_base64url(view.substr(second + 1));
  if (!header || !claims || !signature || text_in(*header, "alg") != "RS256") {
    return refuse("invalid_grant", "Invalid JWT");
  }
  const std::string issuer = text_in(*claims, "iss");
  if (issuer.empty() || (!options_.client_email.empty() && issuer != options_.client_email)) {
    return refuse("invalid_grant", "Invalid grant: account not found");
  }
  if (!is_signed(view.substr(0, second), *signature))
    return refuse("invalid_grant", "Invalid JWT Signature.");
  const std::int64_t time = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto seconds = [&](std::string_view name) {
    const json::value* value = claims->if_contains(name);
    boost::system::error_code error;
    const auto number = value != nullptr ? value->to_number<std::int64_t>(error) : 0;
    return error ? 0 : number;
  };
  const std::int64_t issued = seconds("iat");
  const std::int64_t expires = seconds("exp");
  if (issued <= 0 || issued > time + kMostSkewSeconds || expires <= time || expires <= issued ||
      expires - issued > kLongestSeconds) {
    return refuse("invalid_grant", kBadTimes);
  }
  const std::string audience = text_in(*claims, "aud");
  const bool is_audience =
      audience == kGoogleAudience || (!audience.empty() && audience == options_.token_uri);
  const std::string scope = text_in(*claims, "scope");
  if (!is_audience || !(scope.contains("/auth/spreadsheets") || scope.contains("/auth/drive"))) {
    return refuse("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
  }
  std::erase_if(tokens_, [&](const auto& entry) { return entry.second <= now; });
  if (tokens_.size() >= kMostTokens) tokens_.erase(tokens_.begin());
  const std::string token =
      "ya29.simulated." + to_hex(sha256(fmt::format("{}#{}", assertion, tokens_.size())));
  tokens_[token] = now + 3599s;
  return {.status = 200,
          .body = pretty_json(
              json::object{{"access_token", token}, {"expires_in", 3599}, {"token_type", "Bearer"}})};
}

bool TokenDesk::accepts(std::string_view token, WallTime now) const {
  const auto found = tokens_.find(token);
  return found != tokens_.end() && now < found->second;
}

Result<KeyPair> make_key_pair() {
  const Pkey key(EVP_RSA_gen(kKeyBits), EVP_PKEY_free);
  const Bio secret(BIO_new(BIO_s_mem()), BIO_free_all);
  const Bio open(BIO_new(BIO_s_mem()), BIO_free_all);
  if (!key ||
      PEM_write_bio_PKCS8PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_PUBKEY(open.get(), key.get()) != 1) {
    return fail(ErrorKind::io, "OpenSSL makes no RSA key");
  }
  return KeyPair{.private_pem = text_of(secret.get()), .public_pem = text_of(open.get())};
}

std::string service_account_file(const KeyPair& keys, const std::string& token_uri) {
  return pretty_json(json::object{{"type", "service_account"},
                                  {"project_id", "simulated"},
                                  {"private_key_id", to_hex(sha256(keys.public_pem)).substr(0, 40)},
                                  {"private_key", keys.private_pem},
                                  {"client_email", kDemoClientEmail},
                                  {"client_id", "100000000000000000000"},
                                  {"auth_uri", "https://accounts.google.com/o/oauth2/auth"},
                                  {"token_uri", token_uri},
                                  {"universe_domain", "googleapis.com"}});
}

}  // namespace sv::sim_sheets
