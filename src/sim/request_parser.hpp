// Beast's HTTP parser with no container behind it: of the header only what the simulator looks at is kept.
#pragma once

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace sv::sim {

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  // A file that is uploaded may be larger than other bodies.
  RequestParser(std::size_t max_header_bytes, std::uint64_t max_body_bytes, std::uint64_t max_upload_bytes)
      : max_upload_bytes_(max_upload_bytes) {
    header_limit(static_cast<std::uint32_t>(max_header_bytes));
    body_limit(max_body_bytes);
    eager(true);
  }

  const std::string& target() const { return target_; }
  const std::string& method() const { return method_; }
  const std::string& body() const { return body_; }
  std::string take_body() { return std::move(body_); }
  const std::string& content_type() const { return content_type_; }
  bool is_upload() const { return is_upload_; }
  // The key of `Authorization: Bearer KEY` or of Azure's `api-key: KEY`; empty without either.
  const std::string& credential() const { return credential_; }
  bool expects_continue() const { return expects_continue_; }

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb verb, string_view method, string_view target, int version,
                       error_code& error) override;
  void on_response_impl(int code, string_view reason, int version, error_code& error) override;
  void on_field_impl(boost::beast::http::field name, string_view text, string_view value,
                     error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code& error) override;
  std::size_t on_body_impl(string_view bytes, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remaining, string_view bytes, error_code& error) override;
  void on_finish_impl(error_code& error) override;

  std::uint64_t max_upload_bytes_;
  bool is_upload_ = false;
  bool expects_continue_ = false;
  std::string method_;
  std::string target_;
  std::string content_type_;
  std::string credential_;
  std::string body_;
};

}  // namespace sv::sim
