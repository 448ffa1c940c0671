// Signing in: a service account's key makes a signed claim, the claim is exchanged for a token that lasts an
// hour (google-sheets-api.md §2).
#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "ports/http_transport.hpp"
#include "sheets/service_account.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sv::sheets {

// What may be done with a spreadsheet.
enum class Access { read, write };

class AccessToken {
 public:
  // Everything outlives it.
  AccessToken(const ServiceAccount& account, Access access, ports::HttpTransport& transport, Clock& clock)
      : account_(account), access_(access), transport_(transport), clock_(clock) {}

  // A token that is good for five minutes more at least. Errors: unauthorized, with what to do; those of the
  // transport.
  boost::asio::awaitable<Result<Secret>> get();
  // The server did not take it: the next get() asks for another.
  void discard() { token_.reset(); }

  // For people, once: the clock of this machine is wrong.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Refusal {
    Error error;
    std::optional<std::string> date;  // of the server, when the claim's times were refused
    bool is_passing = false;
  };
  boost::asio::awaitable<std::expected<Secret, Refusal>> exchange();
  Result<std::string> claim() const;

  const ServiceAccount& account_;
  Access access_;
  ports::HttpTransport& transport_;
  Clock& clock_;
  Duration skew_{};  // what the server's clock is ahead
  bool is_skew_known_ = false;
  std::optional<Secret> token_;
  TimePoint good_until_{};
  std::vector<std::string> warnings_;
};

// "Wed, 25 Nov 2026 09:30:00 GMT" (RFC 9110 §5.6.7); nothing for another form.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace sv::sheets
