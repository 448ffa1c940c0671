#include "sim_sheets/token_desk.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <chrono>
#include <memory>

namespace sv::sim_sheets {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kGoogle = "https://oauth2.googleapis.com/token";
const WallTime kNow{1'800'000'000s};

std::string base64url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string sign(const std::string& private_pem, const std::string& text) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(
      BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size())), BIO_free_all);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(512, '\0');
  std::size_t size = signature.size();
  EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
  EXPECT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                           reinterpret_cast<const unsigned char*>(text.data()), text.size()),
            1);
  signature.resize(size);
  return signature;
}

const KeyPair& keys() {
  static const KeyPair pair = *make_key_pair();
  return pair;
}

struct Claims {
  std::string audience = std::string(kGoogle);
  std::string scope = "https://www.googleapis.com/auth/spreadsheets";
  std::string issuer = std::string(kDemoClientEmail);
  std::chrono::seconds fast = 0s;
  std::chrono::seconds life = 3600s;
};

std::string form_of(const Claims& claims, const std::string& private_pem = keys().private_pem) {
  const auto issued = std::chrono::floor<std::chrono::seconds>(kNow).time_since_epoch() + claims.fast;
  const std::string body = R"({"iss":")" + claims.issuer + R"(","scope":")" + claims.scope + R"(","aud":")" +
                           claims.audience + R"(","iat":)" + std::to_string(issued.count()) + R"(,"exp":)" +
                           std::to_string((issued + claims.life).count()) + "}";
  const std::string text = base64url(R"({"alg":"RS256"})") + "." + base64url(body);
  return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + text + "." +
         base64url(sign(private_pem, text));
}

TokenDesk desk() {
  return *TokenDesk::make({.public_key_pem = keys().public_pem,
                           .client_email = std::string(kDemoClientEmail),
                           .token_uri = "http://127.0.0.1:1/token"});
}

TEST(TokenDesk, gives_a_token_that_is_good_for_an_hour) {
  TokenDesk here = desk();
  const SheetsReply reply = here.answer(form_of({}), kNow);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string token(boost::json::parse(reply.body).at("access_token").as_string());
  EXPECT_TRUE(here.accepts(token, kNow + 3598s));
  EXPECT_FALSE(here.accepts(token, kNow + 3599s));
  EXPECT_FALSE(here.accepts("another", kNow));
}

TEST(TokenDesk, takes_googles_audience_and_its_own_and_no_other) {
  EXPECT_EQ(desk().answer(form_of({.audience = "http://127.0.0.1:1/token"}), kNow).status, 200);
  EXPECT_THAT(desk().answer(form_of({.audience = "https://elsewhere"}), kNow).body,
              HasSubstr("invalid_scope"));
  EXPECT_THAT(desk().answer(form_of({.scope = "openid"}), kNow).body, HasSubstr("invalid_scope"));
}

TEST(TokenDesk, refuses_a_foreign_signature_and_a_foreign_account) {
  EXPECT_THAT(desk().answer(form_of({}, make_key_pair()->private_pem), kNow).body,
              HasSubstr("Invalid JWT Signature."));
  EXPECT_THAT(desk().answer(form_of({.issuer = "x@y"}), kNow).body,
              HasSubstr("Invalid grant: account not found"));
}

TEST(TokenDesk, refuses_a_wrong_clock_and_too_long_a_life) {
  for (const Claims& claims : {Claims{.fast = 480s}, Claims{.fast = -3700s}, Claims{.life = 3601s}}) {
    const SheetsReply reply = desk().answer(form_of(claims), kNow);
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body, HasSubstr("Token must be a short-lived token (60 minutes)"));
  }
}

TEST(TokenDesk, refuses_what_is_no_request_for_a_token) {
  EXPECT_THAT(desk().answer("grant_type=password", kNow).body, HasSubstr("unsupported_grant_type"));
  EXPECT_THAT(
      desk().answer("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b", kNow).body,
      HasSubstr("Invalid JWT"));
  EXPECT_FALSE(TokenDesk::make({.public_key_pem = "not a key", .client_email = {}, .token_uri = {}}));
}

}  // namespace

}  // namespace sv::sim_sheets
