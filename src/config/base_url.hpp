// Which addresses a key may be sent to (security.md §7).
//
// https anywhere but to link-local addresses (cloud metadata services answer there). http only to this
// machine and to private networks: 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7, names without a dot,
// *.local,
// *.internal, *.lan, *.home.arpa; private ones with a warning, because the key and the rows go unencrypted.
// No user:password@, no fragment, no query but Azure's ?api-version=…. Names are not resolved here: a name
// that leads to a private address is the operator's choice, redirects are refused by http/.
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace sv::config {

struct BaseUrl {
  std::string url;                      // without trailing slashes
  bool is_loopback = false;             // a model server on this machine needs no key
  bool is_unencrypted_network = false;  // http beyond this machine
};

// ErrorKind::invalid_input says what is wrong, without the URL: it may hold a password.
Result<BaseUrl> check_base_url(std::string_view url);

}  // namespace sv::config
