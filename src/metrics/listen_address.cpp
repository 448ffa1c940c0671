#include "metrics/listen_address.hpp"

#include "base/text.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <system_error>

namespace sv::metrics {

namespace {

constexpr std::size_t kShownColumns = 60;

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// Empty when it is not an IP address.
std::string read_host(std::string_view text) {
  if (text == "localhost") return "127.0.0.1";
  const bool has_brackets = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  if (has_brackets) text = text.substr(1, text.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(text), error);
  // Without brackets the port could be the end of the address.
  if (error || address.is_v6() != has_brackets) return {};
  return address.to_string();
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view typed) {
  const std::size_t colon = typed.rfind(':');
  const bool has_host = colon != std::string_view::npos;
  const std::optional<std::uint16_t> port = read_port(has_host ? typed.substr(colon + 1) : typed);
  ListenAddress address;
  if (has_host) address.host = read_host(typed.substr(0, colon));
  if (!port || address.host.empty()) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("must be PORT or ADDRESS:PORT, such as 9100, 0.0.0.0:9100 or [::1]:9100, got '{}'",
                    shorten(sanitize_for_terminal(typed), kShownColumns)));
  }
  address.port = *port;
  return address;
}

std::string http_url(const ListenAddress& address) {
  const bool is_v6 = address.host.contains(':');
  return fmt::format("http://{}{}{}:{}", is_v6 ? "[" : "", address.host, is_v6 ? "]" : "", address.port);
}

}  // namespace sv::metrics
