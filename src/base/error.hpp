// What can foreseeably go wrong, as values.
//
// One kind, one reaction: callers decide by ErrorKind alone and never by the text of a message. Messages are
// for people: lower case, what + where + what to do; never a key, never the text of a row.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace sv {

enum class ErrorKind : std::uint8_t {
  // The outside world, before an answer arrived.
  cancelled,  // the run is ending; nothing is known about the work
  connect,    // no connection: DNS, refused, unreachable, reset before or during the reply
  tls,        // the peer's certificate or handshake is not acceptable; never retried without verification
  timeout,    // a deadline passed: connecting, first byte, total, or too slow
  protocol,   // bytes that are not the protocol: broken HTTP, a redirect, HTML instead of JSON
  oversized,  // the reply exceeded its size cap
  // What an LLM provider said.
  rate_limited,     // 429 that passes by itself, or `slow_down`; retry_after may say when
  overloaded,       // 503, 529: the provider has no room for anybody
  server_error,     // 408, 409, 5xx
  too_large,        // this request can never fit: context length, or more tokens than a minute allows
  bad_request,      // 400/422: the provider refuses the request as written
  unauthorized,     // 401/403: key, organization, country
  unknown_model,    // 404 model_not_found
  quota_exhausted,  // credit or spend limit used up: waiting does not help
  // What the model answered.
  refused,        // content filter or refusal: a person must look
  truncated,      // finish_reason = length
  invalid_reply,  // not the JSON that was asked for
  // Files and settings.
  invalid_input,  // bad source data, bad settings
  not_found,
  permission_denied,
  already_locked,
  limit_reached,  // of this run: money or requests; it is resumable
  io,             // disk full, read error, broken pipe
};

// The name of a kind as it stands in summaries, metrics and logs, for example "rate_limited".
std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string message;
  // How long the other side asked us to wait, if it did.
  std::optional<Duration> retry_after = std::nullopt;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorKind kind, std::string message,
                                   std::optional<Duration> retry_after = std::nullopt) {
  return std::unexpected<Error>(Error{kind, std::move(message), retry_after});
}

// Puts `context` in front of the message: outer layers say where, inner layers say what.
Error with_context(std::string_view context, Error error);

}  // namespace sv
