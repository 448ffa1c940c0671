#include "base/error.hpp"

#include <utility>

namespace sv {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::connect:
      return "connect";
    case ErrorKind::tls:
      return "tls";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::protocol:
      return "protocol";
    case ErrorKind::oversized:
      return "oversized";
    case ErrorKind::rate_limited:
      return "rate_limited";
    case ErrorKind::overloaded:
      return "overloaded";
    case ErrorKind::server_error:
      return "server_error";
    case ErrorKind::too_large:
      return "too_large";
    case ErrorKind::bad_request:
      return "bad_request";
    case ErrorKind::unauthorized:
      return "unauthorized";
    case ErrorKind::unknown_model:
      return "unknown_model";
    case ErrorKind::quota_exhausted:
      return "quota_exhausted";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::truncated:
      return "truncated";
    case ErrorKind::invalid_reply:
      return "invalid_reply";
    case ErrorKind::invalid_input:
      return "invalid_input";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::permission_denied:
      return "permission_denied";
    case ErrorKind::already_locked:
      return "already_locked";
    case ErrorKind::limit_reached:
      return "limit_reached";
    case ErrorKind::io:
      return "io";
  }
  return "unknown";
}

Error with_context(std::string_view context, Error error) {
  error.message.insert(0, std::string(context) + ": ");
  return error;
}

}  // namespace sv
