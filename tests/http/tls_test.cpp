// TLS is verified, always; a company's own authority can be named.
#include "http/http_fixture.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace sv::http::test {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr long kDay = 24L * 60 * 60;

struct Certificate {
  std::string pem;
  std::string key;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

// Signed by itself, made anew for each test: nothing secret or perishable lies in the repository.
Certificate make_certificate(const std::string& name, long good_for = kDay) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -2 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(x509), good_for);
  X509_set_pubkey(x509, key);
  X509_NAME* subject = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("test"), -1,
                             -1, 0);
  X509_set_issuer_name(x509, subject);
  X509V3_CTX context{};
  X509V3_set_ctx(&context, x509, x509, nullptr, nullptr, 0);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, name.c_str());
  X509_add_ext(x509, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(x509, key, EVP_sha256());

  Certificate made;
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, x509);
  made.pem = text_of(bio);
  bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  made.key = text_of(bio);
  X509_free(x509);
  EVP_PKEY_free(key);
  return made;
}

class Tls : public HttpTest {
 public:
  ~Tls() override { std::filesystem::remove(ca_file_); }

 protected:
  void serve(const Certificate& certificate) {
    context_.use_certificate_chain(asio::buffer(certificate.pem));
    context_.use_private_key(asio::buffer(certificate.key), ssl::context::pem);
    group_.spawn(accept());
  }

  void trust(const Certificate& certificate) {
    std::ofstream(ca_file_) << certificate.pem;
    options_.ca_file = ca_file_;
  }

  // Although whoever signed it is trusted.
  void refuses(const Certificate& certificate) {
    serve(certificate);
    trust(certificate);
    EXPECT_EQ(kind_of(send(request_to(url()))), ErrorKind::tls);
    EXPECT_EQ(requests_, 0);
    acceptor_.close();
    run_until_done(group_);
  }

  std::string url() {
    return "https://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/v1";
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
      if (error) co_return;
      ssl::stream<tcp::socket> stream(std::move(socket), context_);
      auto [handshake_error] = co_await stream.async_handshake(ssl::stream_base::server, kAsTuple);
      if (handshake_error) continue;
      std::string buffer;
      auto [read_error, size] =
          co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer), "{}", kAsTuple);
      if (read_error) continue;
      ++requests_;
      const std::string answer = reply(200, "over TLS", "Connection: close\r\n");
      co_await asio::async_write(stream, asio::buffer(answer), kAsTuple);
    }
  }

  // Ends each connection when the client has said its first word, in good order or not.
  asio::awaitable<void> break_handshakes(bool with_reset, int& broken) {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
      if (error) co_return;
      std::array<char, 1024> hello{};
      auto [read_error, size] = co_await socket.async_read_some(asio::buffer(hello), kAsTuple);
      if (read_error) continue;
      ++broken;
      if (with_reset) socket.set_option(asio::socket_base::linger(true, 0));
    }
  }

  asio::awaitable<void> answer_in_plain_text() {
    auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
    if (error) co_return;
    const std::string answer = reply(400, "this is plain HTTP");
    co_await asio::async_write(socket, asio::buffer(answer), kAsTuple);
  }

  ssl::context context_{ssl::context::tls_server};
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::string ca_file_ =
      std::filesystem::temp_directory_path() / ("sv_http_test_ca_" + std::to_string(::getpid()));
  TaskGroup group_{io_.get_executor()};
  int requests_ = 0;
};

TEST_F(Tls, a_certificate_that_nobody_vouches_for_is_refused) {
  serve(make_certificate("IP:127.0.0.1"));
  const Reply got = send(request_to(url()));
  ASSERT_EQ(kind_of(got), ErrorKind::tls);
  EXPECT_THAT(got.error().message, ::testing::HasSubstr("https://127.0.0.1:"));
  EXPECT_EQ(requests_, 0) << "nothing was sent to it";
  acceptor_.close();
  run_until_done(group_);
}

TEST_F(Tls, a_certificate_for_another_name_is_refused) { refuses(make_certificate("DNS:example.com")); }

TEST_F(Tls, a_certificate_whose_time_is_over_is_refused) { refuses(make_certificate("IP:127.0.0.1", -kDay)); }

// Whoever cuts a handshake off does not get the request without TLS, nor by another attempt of libcurl's own.
TEST_F(Tls, a_handshake_that_is_cut_off_is_an_error_and_is_not_repeated_in_silence) {
  for (const bool with_reset : {false, true}) {
    int broken = 0;
    group_.spawn(break_handshakes(with_reset, broken));
    const ErrorKind kind = kind_of(send(request_to(url())));
    EXPECT_TRUE(kind == ErrorKind::tls || kind == ErrorKind::connect) << to_string(kind);
    EXPECT_EQ(broken, 1);
    acceptor_.close();
    run_until_done(group_);
    acceptor_ = tcp::acceptor(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  }
}

TEST_F(Tls, an_authority_that_is_named_is_trusted) {
  const Certificate certificate = make_certificate("IP:127.0.0.1");
  serve(certificate);
  trust(certificate);
  const Reply got = send(request_to(url()));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "over TLS");
  acceptor_.close();
  run_until_done(group_);
}

TEST_F(Tls, an_authority_file_that_is_missing_is_a_tls_error_and_not_a_silent_default) {
  serve(make_certificate("IP:127.0.0.1"));
  options_.ca_file = "/nonexistent/ca.pem";
  EXPECT_EQ(kind_of(send(request_to(url()))), ErrorKind::tls);
  acceptor_.close();
  run_until_done(group_);
}

TEST_F(Tls, a_server_that_answers_in_plain_text_is_a_tls_error) {
  group_.spawn(answer_in_plain_text());
  EXPECT_EQ(kind_of(send(request_to(url()))), ErrorKind::tls);
  acceptor_.close();
  run_until_done(group_);
}

}  // namespace
}  // namespace sv::http::test
