#include "sim/request_parser.hpp"

#include "sim/batch_model.hpp"

#include <algorithm>

namespace sv::sim {

namespace http = boost::beast::http;

namespace {
std::string_view as_std(boost::beast::string_view text) { return {text.data(), text.size()}; }
}  // namespace

void RequestParser::on_request_impl(http::verb /*verb*/, string_view method, string_view target,
                                    int /*version*/, error_code& error) {
  method_ = as_std(method);
  target_ = as_std(target);
  is_upload_ = sim::is_upload(method_, target_);
  // Before the header is read: Beast compares the length that it announces.
  if (is_upload_) body_limit(max_upload_bytes_);
  error = {};
}

void RequestParser::on_response_impl(int /*code*/, string_view /*reason*/, int /*version*/,
                                     error_code& error) {
  error = http::error::bad_method;  // a server reads no responses
}

void RequestParser::on_field_impl(http::field name, string_view text, string_view value, error_code& error) {
  error = {};
  if (name == http::field::authorization) {
    static constexpr std::string_view kBearer = "Bearer ";
    std::string_view key = as_std(value);
    if (key.starts_with(kBearer)) key.remove_prefix(kBearer.size());
    credential_ = key;
  } else if (name == http::field::content_type) {
    content_type_ = as_std(value);
  } else if (name == http::field::expect) {
    expects_continue_ = true;
  } else if (name == http::field::unknown && boost::beast::iequals(text, "api-key")) {
    credential_ = as_std(value);
  }
}

void RequestParser::on_header_impl(error_code& error) { error = {}; }

void RequestParser::on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code& error) {
  // The announced length is believed only as far as bytes really come: a lie must not cost memory.
  static constexpr std::uint64_t kMostReserved = 64U << 10U;
  if (length) body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, kMostReserved)));
  error = {};
}

std::size_t RequestParser::on_body_impl(string_view bytes, error_code& error) {
  body_.append(bytes.data(), bytes.size());
  error = {};
  return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, string_view /*extensions*/,
                                         error_code& error) {
  error = {};
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*remaining*/, string_view bytes,
                                              error_code& error) {
  body_.append(bytes.data(), bytes.size());
  error = {};
  return bytes.size();
}

void RequestParser::on_finish_impl(error_code& error) { error = {}; }

}  // namespace sv::sim
