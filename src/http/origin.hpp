// The part of a URL that may be shown: scheme, host and port. Never user, password, path or query, which can
// hold a key.
#pragma once

#include <string>

namespace sv::http {

struct Origin {
  std::string text;          // "https://api.example.com:8443"; "(unreadable URL)" when it is none
  bool is_loopback = false;  // this very machine: localhost, *.localhost, 127.0.0.0/8, ::1
};

Origin parse_origin(const std::string& url);

}  // namespace sv::http
