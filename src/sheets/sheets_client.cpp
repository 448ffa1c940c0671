#include "sheets/sheets_client.hpp"

#include "base/text.hpp"
#include "sheets/a1.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace sv::sheets {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr Duration kReadTime = 60s;
constexpr Duration kLongestWait = 64s;
// A quota is a calendar window of a minute: a second more, since two clocks are never the same.
constexpr Duration kQuotaWindow = 61s;
constexpr std::size_t kDeepest = 32;
constexpr std::size_t kShownColumns = 300;
constexpr std::string_view kSpreadsheetMask =
    "properties(title,locale,timeZone),sheets(properties(sheetId,title,index,hidden,sheetType,gridProperties)"
    ",merges)";

const json::value* member_of(const json::value* value, std::string_view name) {
  return value != nullptr && value->is_object() ? value->get_object().if_contains(name) : nullptr;
}

std::string text_of(const json::value* value, std::string_view name) {
  const json::value* member = member_of(value, name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::int64_t number_of(const json::value* value, std::string_view name) {
  const json::value* member = member_of(value, name);
  if (member == nullptr) return 0;
  boost::system::error_code error;
  const auto number = member->to_number<std::int64_t>(error);
  return error ? 0 : number;
}

std::uint64_t count_of(const json::value* value, std::string_view name) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(number_of(value, name), 0));
}

Result<json::value> parse(std::string_view body) {
  json::parse_options options;
  options.max_depth = kDeepest;
  boost::system::error_code error;
  json::value value = json::parse(body, error, {}, options);
  if (error) return fail(ErrorKind::protocol, "Google Sheets answered with something that is not JSON");
  return value;
}

// The detail of an error that has `member`, among them the reason and its metadata.
const json::value* detail_with(const json::value* error, std::string_view member) {
  const json::value* details = member_of(error, "details");
  if (details == nullptr || !details->is_array()) return nullptr;
  for (const json::value& detail : details->get_array()) {
    if (member_of(&detail, member) != nullptr) return &detail;
  }
  return nullptr;
}

SheetTab tab_of(const json::value& sheet) {
  const json::value* properties = member_of(&sheet, "properties");
  const json::value* grid = member_of(properties, "gridProperties");
  const json::value* hidden = member_of(properties, "hidden");
  SheetTab tab{.id = number_of(properties, "sheetId"),
               .title = text_of(properties, "title"),
               .is_hidden = hidden != nullptr && hidden->is_bool() && hidden->get_bool(),
               .is_grid = grid != nullptr,
               .rows = count_of(grid, "rowCount"),
               .columns = count_of(grid, "columnCount"),
               .merges = {}};
  const json::value* merges = member_of(&sheet, "merges");
  if (merges == nullptr || !merges->is_array()) return tab;
  for (const json::value& merge : merges->get_array()) {
    tab.merges.push_back({.first_row = count_of(&merge, "startRowIndex"),
                          .end_row = count_of(&merge, "endRowIndex"),
                          .column = count_of(&merge, "startColumnIndex")});
  }
  return tab;
}

bool is_worth_another_try(const Error& error) {
  return error.kind == ErrorKind::connect || error.kind == ErrorKind::timeout;
}

bool is_worth_another_try(int status) { return status == 429 || (status >= 500 && status <= 504); }

}  // namespace

boost::asio::awaitable<Result<Spreadsheet>> SheetsClient::spreadsheet(std::string id) {
  const std::string path =
      fmt::format("/v4/spreadsheets/{}?fields={}", percent_encode(id), percent_encode(kSpreadsheetMask));
  const Result<json::value> reply = co_await get(path, id);
  if (!reply) co_return std::unexpected(reply.error());
  Spreadsheet spreadsheet{.title = text_of(member_of(&*reply, "properties"), "title"), .tabs = {}};
  const json::value* sheets = member_of(&*reply, "sheets");
  if (sheets == nullptr || !sheets->is_array())
    co_return fail(ErrorKind::protocol, "Google Sheets told no tabs");
  for (const json::value& sheet : sheets->get_array()) spreadsheet.tabs.push_back(tab_of(sheet));
  co_return spreadsheet;
}

boost::asio::awaitable<Result<json::array>> SheetsClient::values(std::string id, std::string range,
                                                                 Rendering rendering) {
  const std::string path = fmt::format(
      "/v4/spreadsheets/{}/values/"
      "{}?majorDimension=ROWS&valueRenderOption={}&dateTimeRenderOption=SERIAL_NUMBER",
      percent_encode(id), percent_encode(range),
      rendering == Rendering::formatted ? "FORMATTED_VALUE" : "UNFORMATTED_VALUE");
  Result<json::value> reply = co_await get(path, id);
  if (!reply) co_return std::unexpected(reply.error());
  if (!reply->is_object()) co_return fail(ErrorKind::protocol, "Google Sheets told no values");
  json::value* rows = reply->get_object().if_contains("values");
  // Nothing in the range: the member is left out.
  if (rows == nullptr) co_return json::array();
  if (!rows->is_array()) co_return fail(ErrorKind::protocol, "Google Sheets told no values");
  co_return std::move(rows->get_array());
}

boost::asio::awaitable<Result<json::value>> SheetsClient::get(std::string path, std::string spreadsheet_id) {
  bool has_new_token = false;
  for (int attempt = 1;; ++attempt) {
    // It has tried as often as makes sense.
    const Result<Secret> token = co_await token_.get();
    if (!token) co_return std::unexpected(token.error());
    const Result<ports::HttpResponse> response = co_await send(path, *token);
    if (response && response->status == 200) co_return parse(response->body);
    if (response && response->status == 401 && !std::exchange(has_new_token, true)) {
      token_.discard();
      continue;
    }
    const bool may_pass =
        response ? is_worth_another_try(response->status) : is_worth_another_try(response.error());
    if (!may_pass || attempt == kAttempts) {
      if (!response) co_return std::unexpected(with_context("Google Sheets", response.error()));
      co_return std::unexpected(explain(*response, spreadsheet_id));
    }
    const TimePoint until = clock_.now() + wait_before(attempt, response ? &*response : nullptr);
    co_await clock_.sleep_until(until);
  }
}

boost::asio::awaitable<Result<ports::HttpResponse>> SheetsClient::send(const std::string& path,
                                                                       const Secret& token) {
  ports::HttpRequest request;
  request.endpoint = std::make_shared<const ports::HttpEndpoint>(ports::HttpEndpoint{
      .url = base_url_ + path,
      .headers = {"Authorization: Bearer " + std::string(token.reveal()), "Accept: application/json"}});
  request.method = "GET";
  request.deadline = Deadline::after(clock_.now(), kReadTime);
  request.max_response_bytes = kMostReplyBytes;
  co_return co_await transport_.send(std::move(request));
}

Duration SheetsClient::wait_before(int attempt, const ports::HttpResponse* refusal) {
  const Duration grown =
      std::min<Duration>(std::chrono::seconds(1U << static_cast<unsigned>(attempt - 1)), kLongestWait);
  const Duration jittered = grown + from_seconds(random_.uniform());
  if (refusal == nullptr || refusal->status != 429) return jittered;
  // Google tells no Retry-After but when the window began that is full.
  const Result<json::value> reply = parse(refusal->body);
  const json::value* error = reply ? member_of(&*reply, "error") : nullptr;
  const json::value* metadata = member_of(detail_with(error, "metadata"), "metadata");
  const std::string began = text_of(metadata, "window_start_time");
  std::int64_t seconds = 0;
  const auto [end, bad] = std::from_chars(began.data(), began.data() + began.size(), seconds);
  if (began.empty() || bad != std::errc()) return jittered;
  const WallTime free_at = WallTime(std::chrono::seconds(seconds)) +
                           std::chrono::duration_cast<std::chrono::milliseconds>(kQuotaWindow);
  return std::clamp<Duration>(free_at - clock_.wall_now(), Duration::zero(), kQuotaWindow);
}

Error SheetsClient::explain(const ports::HttpResponse& response, const std::string& spreadsheet_id) const {
  const Result<json::value> reply = parse(response.body);
  const json::value* error = reply ? member_of(&*reply, "error") : nullptr;
  const json::value* info = detail_with(error, "reason");
  const std::string reason = text_of(info, "reason");
  const std::string said = shorten(sanitize_for_terminal(text_of(error, "message")), kShownColumns);
  const std::string id = shorten(sanitize_for_terminal(spreadsheet_id), kShownColumns);
  switch (response.status) {
    case 401:
      return {.kind = ErrorKind::unauthorized,
              .message = fmt::format("Google does not take the token of {}", client_email_)};
    case 403:
      if (reason == "SERVICE_DISABLED") {
        const std::string url = text_of(member_of(info, "metadata"), "activationUrl");
        return {.kind = ErrorKind::permission_denied,
                .message = fmt::format(
                    "the Google Sheets API is not enabled in the service account's project: enable it{}{}",
                    url.empty() ? "" : " at ", sanitize_for_terminal(url))};
      }
      return {.kind = ErrorKind::permission_denied,
              .message =
                  fmt::format("the spreadsheet {} is not shared with the service account: share it with {}",
                              id, client_email_)};
    case 404:
      return {.kind = ErrorKind::not_found,
              .message = fmt::format(
                  "there is no spreadsheet {}: its id is the long part of its address, between /d/ and /edit",
                  id)};
    case 429:
      return {.kind = ErrorKind::rate_limited,
              .message = fmt::format("the quota of the Google Sheets API is used up: {}", said)};
    default:
      break;
  }
  return {.kind = response.status >= 500 ? ErrorKind::server_error : ErrorKind::bad_request,
          .message = fmt::format("Google Sheets answered HTTP {}{}{}", response.status,
                                 said.empty() ? "" : ": ", said)};
}

}  // namespace sv::sheets
