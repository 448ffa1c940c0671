#include "config/base_url.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

namespace sv::config {

namespace {

constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestHost = 253;  // RFC 1035
constexpr std::string_view kChatPath = "/chat/completions";
constexpr std::array<std::string_view, 5> kPrivateEndings = {".local", ".internal", ".lan", ".home.arpa",
                                                             ".localhost"};

enum class Reach : std::uint8_t { loopback, private_network, link_local, anywhere };

Reach reach_of_ipv4(std::uint32_t address) {
  const auto in = [address](std::uint32_t network, unsigned bits) {
    return (address ^ network) >> (32U - bits) == 0;
  };
  if (in(0x7F000000U, 8)) return Reach::loopback;
  if (in(0xA9FE0000U, 16) || in(0, 8)) return Reach::link_local;
  const bool is_private =
      in(0x0A000000U, 8) || in(0xAC100000U, 12) || in(0xC0A80000U, 16) || in(0x64400000U, 10);
  return is_private ? Reach::private_network : Reach::anywhere;
}

Reach reach_of_ipv6(const std::array<std::uint8_t, 16>& a) {
  const bool has_leading_zeros =
      std::all_of(a.begin(), a.begin() + 10, [](std::uint8_t byte) { return byte == 0; });
  const std::uint32_t last =
      (std::uint32_t{a[12]} << 24U) | (std::uint32_t{a[13]} << 16U) | (std::uint32_t{a[14]} << 8U) | a[15];
  if (has_leading_zeros && a[10] == 0xFF && a[11] == 0xFF) return reach_of_ipv4(last);  // IPv4-mapped
  if (has_leading_zeros && a[10] == 0 && a[11] == 0) return last == 1 ? Reach::loopback : Reach::link_local;
  if (a[0] == 0xFE && (a[1] & 0xC0U) == 0x80U) return Reach::link_local;
  // fd00:ec2::254: the metadata service of EC2 on IPv6.
  if (a[0] == 0xFD && a[1] == 0 && a[2] == 0x0E && a[3] == 0xC2) return Reach::link_local;
  return (a[0] & 0xFEU) == 0xFCU ? Reach::private_network : Reach::anywhere;
}

std::optional<Reach> reach_of_name(std::string host) {
  if (host.ends_with('.')) host.pop_back();
  if (host.empty() || host.size() > kLongestHost || host.starts_with('.') ||
      host.find("..") != std::string::npos) {
    return std::nullopt;
  }
  const bool is_plain = std::ranges::all_of(host, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
  });
  if (!is_plain) return std::nullopt;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return reach_of_ipv4(ntohl(v4.s_addr));
  // libcurl also takes 2852039166 and 0xA9.254.1 for IPv4 addresses; here a name never ends in a number.
  const std::string last = host.substr(host.rfind('.') == std::string::npos ? 0 : host.rfind('.') + 1);
  if (std::ranges::all_of(last, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }) ||
      last.starts_with("0x")) {
    return std::nullopt;
  }
  if (host == "localhost" || host.ends_with(".localhost")) return Reach::loopback;
  if (host.find('.') == std::string::npos ||
      std::ranges::any_of(kPrivateEndings, [&](std::string_view end) { return host.ends_with(end); })) {
    return Reach::private_network;
  }
  return Reach::anywhere;
}

std::optional<Reach> reach_of_host(std::string_view host) {
  if (!host.starts_with('[')) return reach_of_name(fold_case(host));
  std::array<std::uint8_t, 16> v6{};
  const std::string inner(host.substr(1, host.size() - 2));
  if (!host.ends_with(']') || inet_pton(AF_INET6, inner.c_str(), v6.data()) != 1) return std::nullopt;
  return reach_of_ipv6(v6);
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && rest == text.data() + text.size() && port > 0;
}

// Azure's deployments want the version of the API in each address; it is the one query that holds no secret
// and changes no meaning.
bool is_azure_version(std::string_view host, std::string_view query) {
  constexpr std::string_view kName = "?api-version=";
  const std::string folded = fold_case(host);
  if (!folded.ends_with(".azure.com") || !query.starts_with(kName)) return false;
  query.remove_prefix(kName.size());
  return !query.empty() && std::ranges::all_of(query, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
  });
}

std::unexpected<Error> refuse(std::string why) { return fail(ErrorKind::invalid_input, std::move(why)); }

}  // namespace

Result<BaseUrl> check_base_url(std::string_view url) {
  url = trim(url);
  if (url.size() > kLongestUrl) return refuse("is too long for an address");
  const bool is_visible_ascii =
      std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7F && c != '\\'; });
  if (!is_visible_ascii) return refuse("holds a character that an address cannot have");
  const std::string scheme = fold_case(url.substr(0, std::min(url.find("://"), url.size())));
  if (scheme != "https" && scheme != "http") return refuse("must begin with https://");
  std::string_view rest = url.substr(scheme.size() + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  rest.remove_prefix(authority.size());
  if (authority.find('@') != std::string_view::npos) {
    return refuse("must not hold a user name or password: the key belongs to api_key_env");
  }
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) {
    return refuse("has a port that is not 1..65535");
  }
  const std::optional<Reach> reach = reach_of_host(host);
  if (!reach) return refuse("has no valid host name");
  const std::string_view query = rest.substr(std::min(rest.find_first_of("?#"), rest.size()));
  rest.remove_suffix(query.size());
  if (!query.empty() && !is_azure_version(host, query)) return refuse("must end before '?' and '#'");
  if (*reach == Reach::link_local)
    return refuse("leads to a link-local or unspecified address, where no API is");
  if (scheme == "http" && *reach == Reach::anywhere) {
    return refuse("must begin with https://: http would send the key unencrypted");
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.ends_with(kChatPath)) return refuse("must end before /chat/completions, which is added to it");

  BaseUrl checked;
  checked.url = scheme + "://" + fold_case(host) +
                (colon == std::string_view::npos ? std::string() : std::string(authority.substr(colon))) +
                std::string(rest) + std::string(query);
  checked.is_loopback = *reach == Reach::loopback;
  checked.is_unencrypted_network = scheme == "http" && *reach == Reach::private_network;
  return checked;
}

}  // namespace sv::config
