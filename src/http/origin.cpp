#include "http/origin.hpp"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <cstdint>
#include <memory>

namespace sv::http {

namespace {

constexpr std::uint32_t kLoopbackNetwork = 127;  // 127.0.0.0/8, RFC 1122 3.2.1.3

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_loopback_host(std::string host) {
  for (char& c : host) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == kLoopbackNetwork;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace

Origin parse_origin(const std::string& url) {
  const std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return {.text = "(unreadable URL)", .is_loopback = false};
  }
  std::string host = part_of(parsed.get(), CURLUPART_HOST);
  const std::string port = part_of(parsed.get(), CURLUPART_PORT);
  Origin origin{.text = part_of(parsed.get(), CURLUPART_SCHEME) + "://" + host,
                .is_loopback = is_loopback_host(host)};
  if (!port.empty()) origin.text += ":" + port;
  return origin;
}

}  // namespace sv::http
