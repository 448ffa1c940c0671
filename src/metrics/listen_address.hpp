// Where to listen, as typed: `[ADDRESS:]PORT`.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sv::metrics {

struct ListenAddress {
  std::string host = "127.0.0.1";  // an IP address without brackets
  std::uint16_t port = 0;          // 0: any free one
};

// `9100`, `0.0.0.0:9100`, `localhost:9100`, `[::1]:9100`. A port alone is this machine only: whoever wants
// the world to read has to say so, which is why `:9100`, all addresses elsewhere, is refused. Error:
// invalid_input.
Result<ListenAddress> parse_listen_address(std::string_view typed);

// "http://[::1]:9100".
std::string http_url(const ListenAddress& address);

}  // namespace sv::metrics
