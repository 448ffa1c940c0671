// A stand-in for Google: token endpoint, spreadsheets.get and values.get in the recorded form
// (google-sheets-api.md §2, §3), with a clock of its own and faults in a row.
#pragma once

#include "base/clock.hpp"
#include "base/signature.hpp"
#include "ports/http_transport.hpp"
#include "sheets/sheets_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sv::sheets {

// Made for these tests; opens nothing.
inline constexpr std::string_view kPrivateKey = R"(-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCmmG4l0YMEF62h
/q2Cn8VmJe8aEsocDHldBMyvdvMtzE2VDRqNDmCiorpV28FjqwUJeylw4x4DPcLj
4mn0K+PB4/KNLe4i8B5nXitNjG+SgjE24tLK7c19hIRJ7Pv0JgTsmTkdVy8cAME4
O353hTRnDdukW8z5FdDDL9+gKJc79CcrwtJPVnM39H05hOIATlLWPzZjG24GOsXY
zICe3zS7hKMCcMn+j+A10+kma2yrrdO6A/D7QieFUCfvn+qSwmHQtBPxtDR3l7Gw
Cex8qJR5Iuun/pZLjLFt8VnjAcdK9E50Tg+GjmPn8jW1sL6q0+P1Dzf9eGPF5bcI
hXEV0+eRAgMBAAECggEAF9RTYxT0GtyBMVwCuR296GXSLOZVowv0uyWx2oJW9+zS
hxiz/Mu67mB860WPBMDkbE4B6DwQYbHOo/aRpcO2ZRhELEYO21AB5VK+um21Ut1N
CVcKBE1eGI9hNcrQYkSi7S3gkc4T9rsz6CV4akOzMm90xK594/4nGZhKMjhEI6bF
++nzzm3xzDRGpiFZIlbPXoi6XuIXO4I5rB9hll3AgxxMY6gtfvhNkMxtEw1mO4yS
PjDiLWZUjBul5ptohxEzdb44oJxAuhsR3Or1lRGWky1QFvdr/XfhX2xJSYuTH8Au
rmMUWdMgxw1zOf4YJl8ZpYPU5Bn1sGEOToeEX6ZMnQKBgQDqQSE/c0p3+7Rg0Cr8
811tvxSCPH7R8KPd65MiicPnb5LGLvGcy+CrpsyHCv0B5S16Z9lFs+JlHZIjjylH
iBJklSzPAAk4jYZVNwbkZRDMDjOC5FQTowG2y3e6mrI5RKUMmtzkCRF4m+W7LyzF
h/UgW5s3dkV+Rpp3GtVIhynKNQKBgQC2D3A6NiABmCEJmujzphqttl/wJvREmQO0
0MKN+3RRhsXxchBVI9V4ipPlxwG4VzyfLvnL8HTkHOWimqnu0VGoJ0DiYJfIlZmq
2XU5O9H83utAQfZcpb9M4XHolYKD6xaEo1tJ+67IRL6GUw6PzNHqLUbLecYVUAd/
ise/xMdzbQKBgB/DEPT/dttp3304/HsrrEFTJT67YR6qGC3g4SRPtaZNtIL2nn/6
DM55YUX2MXPuVQpBxm3zBAFdzxDPOnOeeY/1wguXH6jxV4N6YI7bPTnNuyJGPzgi
Y/sa/3Lnwr6NFivtW4H30MyfpriInvNxicUHZrZQbP/AJvV7R+v7l6j5AoGAHoes
PDbDW0EVmTS/B8y9AJBquizuHWrDcljnp0OZl+pP21NTZdOigppKfufGZBFM+yy3
evmRwIcQAxqIkKHNXbNncA7epSZhJINe4wAjEJKZRKdLFvI8iDnuDiC0SEbt+cQj
FN79ylusz32yHW8tbGW3T3vWOdC30S2GnaP0BmkCgYEAho8JPL28kneio1664aNM
1cox+WxjnOKABcCAyx8rAinF8ikanv+NlwL0F+KoNqcbHQFX90Ov/gbivvih+n1+
AmiFIQCsBzFlUom2UZ/RNbUW59kJABpJ5ZdkDGnfEclWoJ2yDGQcX6wy0IJV2O8h
MDsx4DnRNxdTRjCUeMyk44Y=
-----END PRIVATE KEY-----
)";
inline constexpr std::string_view kPublicKey = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApphuJdGDBBetof6tgp/F
ZiXvGhLKHAx5XQTMr3bzLcxNlQ0ajQ5goqK6VdvBY6sFCXspcOMeAz3C4+Jp9Cvj
wePyjS3uIvAeZ14rTYxvkoIxNuLSyu3NfYSESez79CYE7Jk5HVcvHADBODt+d4U0
Zw3bpFvM+RXQwy/foCiXO/QnK8LST1ZzN/R9OYTiAE5S1j82YxtuBjrF2MyAnt80
u4SjAnDJ/o/gNdPpJmtsq63TugPw+0InhVAn75/qksJh0LQT8bQ0d5exsAnsfKiU
eSLrp/6WS4yxbfFZ4wHHSvROdE4Pho5j5/I1tbC+qtPj9Q83/XhjxeW3CIVxFdPn
kQIDAQAB
-----END PUBLIC KEY-----
)";

inline ServiceAccount test_account() {
  return {.client_email = "robot@project.iam.gserviceaccount.com",
          .key_id = "key-1",
          .private_key = Secret(std::string(kPrivateKey)),
          .token_url = "https://oauth2.googleapis.com/token"};
}

inline std::string from_base64url(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bytes;
  unsigned pending = 0;
  unsigned bits = 0;
  for (const char c : text) {
    pending = (pending << 6U) | static_cast<unsigned>(kAlphabet.find(c));
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((pending >> bits) & 0xFFU);
    }
  }
  return bytes;
}

inline std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      decoded += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// A cell as it is shown, and as it is.
struct FakeCell {
  boost::json::value shown;
  boost::json::value exact;
};
struct FakeTab {
  std::int64_t id = 0;
  std::vector<std::vector<FakeCell>> rows;  // trailing blank cells are cut by the answer, not here
  boost::json::array merges;
  std::uint64_t grid_rows = 1000;
};

class FakeGoogle final : public ports::HttpTransport {
 public:
  explicit FakeGoogle(Clock& clock) : clock_(clock) {}

  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
    const std::string url = request.endpoint->url;
    if (url.ends_with("/token")) co_return token(request);
    requests.push_back(url);
    if (!faults.empty()) {
      const ports::HttpResponse fault = faults.front();
      faults.pop_front();
      if (fault.status == 0) co_return fail(ErrorKind::connect, "reset");
      co_return fault;
    }
    const bool is_signed_in =
        std::ranges::find(request.endpoint->headers, "Authorization: Bearer " + good_token_) !=
        request.endpoint->headers.end();
    if (!is_signed_in)
      co_return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    const std::string path = url.substr(std::string(kGoogleSheets).size());
    const std::string prefix = "/v4/spreadsheets/" + id;
    if (!path.starts_with(prefix)) co_return error(404, "NOT_FOUND", "Requested entity was not found.");
    const std::string rest = path.substr(prefix.size());
    if (rest.starts_with("?fields=")) co_return spreadsheet();
    if (before_values) before_values(*this);
    co_return values(rest);
  }

  static ports::HttpResponse error(int status, std::string_view name, std::string_view message,
                                   boost::json::array details = {}) {
    const boost::json::value body = {
        {"error",
         {{"code", status}, {"message", message}, {"status", name}, {"details", std::move(details)}}}};
    return {.status = status, .header_block = "", .body = boost::json::serialize(body), .elapsed = {}};
  }

  void expire_token() { good_token_ = "another"; }

  std::string id = "SHEET-1_x";
  std::map<std::string, FakeTab> tabs;
  std::deque<ports::HttpResponse> faults;  // for the next calls; status 0: the connection is lost
  std::deque<ports::HttpResponse> token_faults;
  std::vector<std::string> requests;
  Duration skew{};                                 // of its clock
  std::function<void(FakeGoogle&)> before_values;  // what people do meanwhile
  int tokens = 0;
  boost::json::value last_claims;

 private:
  Result<ports::HttpResponse> token(const ports::HttpRequest& request) {
    const std::string marker = "&assertion=";
    const std::size_t at = request.body.find(marker);
    if (at == std::string::npos) return error(400, "", "");
    const std::string assertion = request.body.substr(at + marker.size());
    const std::size_t last = assertion.rfind('.');
    const std::size_t first = assertion.find('.');
    last_claims = boost::json::parse(from_base64url(assertion.substr(first + 1, last - first - 1)));
    const WallTime now = clock_.wall_now() + std::chrono::duration_cast<std::chrono::milliseconds>(skew);
    const auto date = fmt::gmtime(std::chrono::system_clock::to_time_t(now));
    const std::string header = fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", date);
    const auto refuse = [&](std::string_view description) {
      const boost::json::value body = {{"error", "invalid_grant"}, {"error_description", description}};
      return ports::HttpResponse{
          .status = 400, .header_block = header, .body = boost::json::serialize(body), .elapsed = {}};
    };
    if (!token_faults.empty()) {
      const ports::HttpResponse fault = token_faults.front();
      token_faults.pop_front();
      return fault;
    }
    if (!verify_rs256(kPublicKey, assertion.substr(0, last), from_base64url(assertion.substr(last + 1))))
      return refuse("Invalid JWT Signature.");
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const std::int64_t issued = last_claims.at("iat").as_int64();
    if (std::abs(issued - seconds) > 300) {
      return refuse(
          "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check "
          "your iat and exp values in the JWT claim.");
    }
    ++tokens;
    good_token_ = fmt::format("ya29.{}", tokens);
    const boost::json::value body = {
        {"access_token", good_token_}, {"expires_in", 3599}, {"token_type", "Bearer"}};
    return ports::HttpResponse{
        .status = 200, .header_block = header, .body = boost::json::serialize(body), .elapsed = {}};
  }

  ports::HttpResponse spreadsheet() const {
    boost::json::array sheets;
    for (const auto& [title, tab] : tabs) {
      boost::json::object sheet{{"properties",
                                 {{"sheetId", tab.id},
                                  {"title", title},
                                  {"sheetType", "GRID"},
                                  {"gridProperties", {{"rowCount", tab.grid_rows}, {"columnCount", 26}}}}}};
      if (!tab.merges.empty()) sheet["merges"] = tab.merges;
      sheets.push_back(std::move(sheet));
    }
    const boost::json::value body = {{"properties", {{"title", "Plans"}}}, {"sheets", std::move(sheets)}};
    return {.status = 200, .header_block = "", .body = boost::json::serialize(body), .elapsed = {}};
  }

  // "/values/%27Tab%27%21A1%3AZ1000?…"
  ports::HttpResponse values(const std::string& rest) const {
    const std::size_t query = rest.find('?');
    const std::string range =
        percent_decode(rest.substr(std::string("/values/").size(), query - std::string("/values/").size()));
    const bool is_exact = rest.find("UNFORMATTED_VALUE") != std::string::npos;
    const std::size_t bang = range.rfind('!');
    std::string title;
    for (std::size_t i = 1; i + 1 < bang; ++i) {
      title += range[i];
      if (range[i] == '\'') ++i;
    }
    const auto tab = tabs.find(title);
    if (tab == tabs.end() || range[0] != '\'')
      return error(400, "INVALID_ARGUMENT", "Unable to parse range: " + range);
    std::size_t first_row = 0;
    std::size_t last_row = 0;
    char first_column = 0;
    char last_column = 0;
    if (std::sscanf(range.c_str() + bang + 1, "%c%zu:%c%zu", &first_column, &first_row, &last_column,
                    &last_row) != 4)
      return error(400, "INVALID_ARGUMENT", "range");
    boost::json::array rows;
    for (std::size_t row = first_row; row <= std::min<std::size_t>(last_row, tab->second.rows.size());
         ++row) {
      boost::json::array cells;
      const auto& all = tab->second.rows[row - 1];
      for (std::size_t column = static_cast<std::size_t>(first_column - 'A');
           column <= static_cast<std::size_t>(last_column - 'A') && column < all.size(); ++column) {
        cells.push_back(is_exact ? all[column].exact : all[column].shown);
      }
      while (!cells.empty() && (cells.back().is_string() && cells.back().get_string().empty()))
        cells.pop_back();
      rows.push_back(std::move(cells));
    }
    while (!rows.empty() && rows.back().get_array().empty()) rows.pop_back();
    boost::json::object body{{"range", range}, {"majorDimension", "ROWS"}};
    if (!rows.empty()) body["values"] = std::move(rows);
    return {.status = 200, .header_block = "", .body = boost::json::serialize(body), .elapsed = {}};
  }

  Clock& clock_;
  std::string good_token_ = "none";
};

}  // namespace sv::sheets
