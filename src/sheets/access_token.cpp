#include "sheets/access_token.hpp"

#include "base/signature.hpp"
#include "base/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace sv::sheets {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// As Google's Node client does.
constexpr Duration kEarly = 5min;
constexpr std::chrono::seconds kClaimLife = 1h;
// As Google's Python client does, and a little more patient.
constexpr int kAttempts = 4;
constexpr Duration kFirstWait = 1s;
constexpr Duration kExchangeTime = 30s;
constexpr std::size_t kMostReplyBytes = std::size_t{64} << 10U;
constexpr std::size_t kShownColumns = 200;
constexpr std::size_t kDeepest = 8;

// The audience is this constant in all of Google's present clients; a simulator is its own audience.
constexpr std::string_view kGoogleToken = "https://oauth2.googleapis.com/token";

std::string text_of(const json::value& value, std::string_view name) {
  if (!value.is_object()) return {};
  const json::value* member = value.get_object().if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // Fixed places: "Wed, 25 Nov 2026 09:30:00 GMT".
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  const auto number = [&text](std::size_t at, std::size_t size) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + size, value);
    return error == std::errc() && end == text.data() + at + size ? value : -1;
  };
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  const std::chrono::year_month_day day{
      std::chrono::year(number(12, 4)),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(number(5, 2)))};
  const int hour = number(17, 2);
  const int minute = number(20, 2);
  const int second = number(23, 2);
  if (month == kMonths.end() || !day.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  return WallTime(std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(hour) +
                  std::chrono::minutes(minute) + std::chrono::seconds(second));
}

Result<std::string> AccessToken::claim() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(
      clock_.wall_now() + std::chrono::duration_cast<std::chrono::milliseconds>(skew_));
  const bool is_google = account_.token_url.starts_with("https://");
  json::object header{{"alg", "RS256"}, {"typ", "JWT"}};
  if (!account_.key_id.empty()) header["kid"] = account_.key_id;
  const json::object claims{
      {"iss", account_.client_email},
      {"scope", access_ == Access::write ? "https://www.googleapis.com/auth/spreadsheets"
                                         : "https://www.googleapis.com/auth/spreadsheets.readonly"},
      {"aud", is_google ? std::string(kGoogleToken) : account_.token_url},
      {"iat", now.time_since_epoch().count()},
      {"exp", (now + kClaimLife).time_since_epoch().count()}};
  const std::string text = base64url(json::serialize(header)) + "." + base64url(json::serialize(claims));
  Result<std::string> signature = sign_rs256(account_.private_key, text);
  if (!signature)
    return std::unexpected(with_context("the service account's key file", std::move(signature.error())));
  return text + "." + base64url(*signature);
}

boost::asio::awaitable<Result<Secret>> AccessToken::get() {
  if (token_ && clock_.now() < good_until_) co_return *token_;
  Duration wait = kFirstWait;
  for (int attempt = 1;; ++attempt) {
    std::expected<Secret, Refusal> token = co_await exchange();
    if (token) {
      token_ = *token;
      co_return *std::move(token);
    }
    Refusal& refusal = token.error();
    // Better than every peer: a wrong clock is repaired once with the server's.
    if (refusal.date && !is_skew_known_) {
      if (const std::optional<WallTime> server = parse_http_date(*refusal.date)) {
        is_skew_known_ = true;
        skew_ = *server - clock_.wall_now();
        warnings_.push_back(
            fmt::format("this machine's clock is {:.0f} s {} Google's; signed in with theirs: set the clock",
                        std::abs(to_seconds(skew_)), skew_ > Duration::zero() ? "behind" : "ahead of"));
        continue;
      }
    }
    if (!refusal.is_passing || attempt == kAttempts) co_return std::unexpected(std::move(refusal.error));
    const TimePoint until = clock_.now() + wait;
    co_await clock_.sleep_until(until);
    wait *= 2;
  }
}

boost::asio::awaitable<std::expected<Secret, AccessToken::Refusal>> AccessToken::exchange() {
  const Result<std::string> signed_claim = claim();
  if (!signed_claim) co_return std::unexpected(Refusal{.error = signed_claim.error(), .date = {}});
  ports::HttpRequest request;
  request.endpoint = std::make_shared<const ports::HttpEndpoint>(ports::HttpEndpoint{
      .url = account_.token_url, .headers = {"Content-Type: application/x-www-form-urlencoded"}});
  // Both parts need no further encoding but the colons of the first.
  request.body =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" + *signed_claim;
  request.deadline = Deadline::after(clock_.now(), kExchangeTime);
  request.max_response_bytes = kMostReplyBytes;
  const Result<ports::HttpResponse> response = co_await transport_.send(std::move(request));
  if (!response) {
    Error error = with_context("signing in to Google", response.error());
    const bool is_passing = error.kind == ErrorKind::connect || error.kind == ErrorKind::timeout;
    co_return std::unexpected(Refusal{.error = std::move(error), .date = {}, .is_passing = is_passing});
  }
  json::parse_options options;
  options.max_depth = kDeepest;
  boost::system::error_code failure;
  const json::value reply = json::parse(response->body, failure, {}, options);
  const std::string token = failure ? std::string() : text_of(reply, "access_token");
  if (response->status == 200 && !token.empty()) {
    const json::value* seconds = reply.get_object().if_contains("expires_in");
    const std::int64_t life =
        seconds != nullptr && seconds->is_int64() ? seconds->get_int64() : kClaimLife.count();
    good_until_ =
        clock_.now() + std::chrono::seconds(std::clamp<std::int64_t>(life, 0, kClaimLife.count())) - kEarly;
    co_return Secret(token);
  }
  const std::string code = text_of(reply, "error");
  const std::string why = shorten(sanitize_for_terminal(text_of(reply, "error_description")), kShownColumns);
  Refusal refusal{.error = {}, .date = {}};
  refusal.is_passing = response->status == 408 || response->status == 429 || response->status >= 500;
  refusal.error.kind = refusal.is_passing ? ErrorKind::server_error : ErrorKind::unauthorized;
  // The text is Google's own; nothing but the times of the claim is refused with it.
  if (code == "invalid_grant" && why.find("iat and exp") != std::string::npos) {
    if (const auto date = response->header("Date")) refusal.date = std::string(*date);
  }
  std::string advice;
  if (code == "invalid_grant")
    advice = ": the key may have been deleted; make a new one for the service account";
  refusal.error.message =
      fmt::format("Google does not sign in {} (HTTP {}{}{}){}", account_.client_email, response->status,
                  code.empty() ? "" : ", " + sanitize_for_terminal(code.substr(0, 40)),
                  why.empty() ? "" : ": " + why, advice);
  co_return std::unexpected(std::move(refusal));
}

}  // namespace sv::sheets
