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
// Google works on a call for 180 s at most: giving up earlier would leave open what became of it.
constexpr Duration kWriteTime = 185s;
constexpr Duration kLongestWait = 64s;
// A quota is a calendar window of a minute: a second more, since two clocks are never the same.
constexpr Duration kQuotaWindow = 61s;
constexpr std::size_t kDeepest = 32;
constexpr std::size_t kShownColumns = 300;
constexpr std::string_view kSpreadsheetMask =
    "properties(title,locale,timeZone),sheets(properties(sheetId,title,index,hidden,sheetType,gridProperties)"
    ",merges)";

constexpr std::string_view kMetadataMask = "developerMetadata(metadataId,metadataKey,metadataValue)";

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

// Seconds since 1970 and quotas fit by far.
std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr std::int64_t kMost = std::int64_t{1} << 40U;
  if (text.empty() || bad != std::errc() || end != text.data() + text.size() || number < 0 ||
      number > kMost) {
    return std::nullopt;
  }
  return number;
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

bool is_passing(const Error& error) {
  return error.kind == ErrorKind::connect || error.kind == ErrorKind::timeout;
}

bool is_passing(int status) { return status == 429 || (status >= 500 && status <= 504); }

// A refusal with which nothing was written.
bool is_at_the_door(const Result<ports::HttpResponse>& response) {
  return response && response->status == 429;
}

// A workbook has at most 10,000,000 cells, empty ones too (reference/google-sheets-api.md §4): a count beyond
// would be believed piece by piece, without an end.
constexpr std::uint64_t kMostRows = 10'000'000;

std::string_view name_of(Rendering rendering) {
  switch (rendering) {
    case Rendering::formatted:
      return "FORMATTED_VALUE";
    case Rendering::unformatted:
      return "UNFORMATTED_VALUE";
    case Rendering::formula:
      return "FORMULA";
  }
  return {};
}

// The `values` of a ValueRange; nothing in the range: the member is left out.
Result<json::array> rows_of(json::value& range) {
  if (!range.is_object()) return fail(ErrorKind::protocol, "Google Sheets told no values");
  json::value* rows = range.get_object().if_contains("values");
  if (rows == nullptr) return json::array();
  if (!rows->is_array()) return fail(ErrorKind::protocol, "Google Sheets told no values");
  return std::move(rows->get_array());
}

}  // namespace

bool may_have_written(const Error& error) {
  // `protocol` and `oversized`: it answered, but not so that it could be read.
  return is_passing(error) || error.kind == ErrorKind::server_error || error.kind == ErrorKind::protocol ||
         error.kind == ErrorKind::oversized;
}

boost::asio::awaitable<Result<Spreadsheet>> SheetsClient::spreadsheet(std::string id) {
  const std::string path =
      fmt::format("/v4/spreadsheets/{}?fields={}", percent_encode(id), percent_encode(kSpreadsheetMask));
  const Result<json::value> reply =
      co_await perform({.kind = CallKind::read, .path = path, .body = {}, .spreadsheet_id = id});
  if (!reply) co_return std::unexpected(reply.error());
  Spreadsheet spreadsheet{.title = text_of(member_of(&*reply, "properties"), "title"), .tabs = {}};
  const json::value* sheets = member_of(&*reply, "sheets");
  if (sheets == nullptr || !sheets->is_array())
    co_return fail(ErrorKind::protocol, "Google Sheets told no tabs");
  for (const json::value& sheet : sheets->get_array()) {
    spreadsheet.tabs.push_back(tab_of(sheet));
    if (spreadsheet.tabs.back().rows > kMostRows)
      co_return fail(ErrorKind::protocol, "Google Sheets told a tab of more rows than there can be");
  }
  co_return spreadsheet;
}

boost::asio::awaitable<Result<std::vector<DeveloperMetadata>>> SheetsClient::metadata(std::string id) {
  const std::string path =
      fmt::format("/v4/spreadsheets/{}?fields={}", percent_encode(id), percent_encode(kMetadataMask));
  const Result<json::value> reply =
      co_await perform({.kind = CallKind::read, .path = path, .body = {}, .spreadsheet_id = id});
  if (!reply) co_return std::unexpected(reply.error());
  std::vector<DeveloperMetadata> all;
  const json::value* told = member_of(&*reply, "developerMetadata");
  if (told == nullptr || !told->is_array()) co_return all;  // left out where there is none
  for (const json::value& entry : told->get_array()) {
    all.push_back({.id = number_of(&entry, "metadataId"),
                   .key = text_of(&entry, "metadataKey"),
                   .value = text_of(&entry, "metadataValue")});
  }
  co_return all;
}

boost::asio::awaitable<Result<json::array>> SheetsClient::values(std::string id, std::string range,
                                                                 Rendering rendering) {
  const std::string path = fmt::format(
      "/v4/spreadsheets/{}/values/"
      "{}?majorDimension=ROWS&valueRenderOption={}&dateTimeRenderOption=SERIAL_NUMBER",
      percent_encode(id), percent_encode(range), name_of(rendering));
  Result<json::value> reply =
      co_await perform({.kind = CallKind::read, .path = path, .body = {}, .spreadsheet_id = id});
  if (!reply) co_return std::unexpected(reply.error());
  co_return rows_of(*reply);
}

boost::asio::awaitable<Result<std::vector<json::array>>> SheetsClient::values_of(
    std::string id, std::vector<std::string> ranges) {
  std::string path =
      fmt::format("/v4/spreadsheets/{}/values:batchGet?majorDimension=ROWS", percent_encode(id));
  for (const std::string& range : ranges) path += "&ranges=" + percent_encode(range);
  Result<json::value> reply =
      co_await perform({.kind = CallKind::read, .path = path, .body = {}, .spreadsheet_id = id});
  if (!reply) co_return std::unexpected(reply.error());
  json::value* told = reply->is_object() ? reply->get_object().if_contains("valueRanges") : nullptr;
  if (told == nullptr || !told->is_array() || told->get_array().size() != ranges.size()) {
    co_return fail(ErrorKind::protocol, "Google Sheets told other values than were asked for");
  }
  std::vector<json::array> all;
  for (json::value& range : told->get_array()) {
    Result<json::array> rows = rows_of(range);
    if (!rows) co_return std::unexpected(rows.error());
    all.push_back(std::move(*rows));
  }
  co_return all;
}

boost::asio::awaitable<Result<void>> SheetsClient::write_by_looking(std::string id, Look look) {
  std::optional<Error> failure;
  for (int spent = 0;;) {
    Result<json::array> requests = co_await look(failure);
    if (!requests) co_return std::unexpected(requests.error());
    if (requests->empty()) co_return Result<void>();
    const Result<void> done = co_await update(id, std::move(*requests));
    if (done) co_return done;
    failure = done.error();
    // A request that does not fit the sheet is made anew, but not many times: it may be our mistake.
    const bool does_not_fit = failure->kind == ErrorKind::bad_request;
    spent += does_not_fit ? kAttempts / 3 : 1;
    if ((!does_not_fit && !may_have_written(*failure)) || spent >= kAttempts) co_return done;
    const TimePoint until = clock_.now() + pause_before(spent);
    co_await clock_.sleep_until(until);
  }
}

boost::asio::awaitable<Result<void>> SheetsClient::update(std::string id, json::array requests) {
  const json::value body = {{"requests", std::move(requests)}};
  const Result<json::value> reply =
      co_await perform({.kind = CallKind::write,
                        .path = fmt::format("/v4/spreadsheets/{}:batchUpdate", percent_encode(id)),
                        .body = json::serialize(body),
                        .spreadsheet_id = id});
  if (!reply) co_return std::unexpected(reply.error());
  co_return Result<void>();
}

boost::asio::awaitable<Result<json::value>> SheetsClient::perform(Call call) {
  bool has_new_token = false;
  for (int attempt = 1;; ++attempt) {
    // It has tried as often as makes sense.
    const Result<Secret> token = co_await token_.get();
    if (!token) co_return std::unexpected(token.error());
    co_await quota_.turn(call.kind);
    const Result<ports::HttpResponse> response = co_await send(call, *token);
    if (response && response->status == 200) co_return parse(response->body);
    if (response && response->status == 401 && !std::exchange(has_new_token, true)) {
      token_.discard();
      continue;
    }
    const bool may_pass = response ? is_passing(response->status) : is_passing(response.error());
    const bool may_repeat = call.kind == CallKind::read || is_at_the_door(response);
    if (!may_pass || !may_repeat || attempt == kAttempts) {
      if (!response) co_return std::unexpected(with_context("Google Sheets", response.error()));
      co_return std::unexpected(explain(*response, call));
    }
    std::optional<Duration> pause;
    if (is_at_the_door(response)) pause = learn_from(*response, call.kind);
    const TimePoint until = clock_.now() + pause.value_or(pause_before(attempt));
    co_await clock_.sleep_until(until);
  }
}

boost::asio::awaitable<Result<ports::HttpResponse>> SheetsClient::send(const Call& call,
                                                                       const Secret& token) {
  ports::HttpRequest request;
  ports::HttpEndpoint endpoint{
      .url = base_url_ + call.path,
      .headers = {"Authorization: Bearer " + std::string(token.reveal()), "Accept: application/json"}};
  if (!call.body.empty()) endpoint.headers.emplace_back("Content-Type: application/json");
  request.endpoint = std::make_shared<const ports::HttpEndpoint>(std::move(endpoint));
  request.method = call.body.empty() ? "GET" : "POST";
  request.body = call.body;
  request.deadline = Deadline::after(clock_.now(), call.kind == CallKind::write ? kWriteTime : kReadTime);
  request.max_response_bytes = kMostReplyBytes;
  co_return co_await transport_.send(std::move(request));
}

Duration SheetsClient::pause_before(int repetition) {
  const Duration grown = std::min<Duration>(
      std::chrono::seconds(1U << static_cast<unsigned>(std::clamp(repetition, 1, kAttempts) - 1)),
      kLongestWait);
  return grown + from_seconds(random_.uniform());
}

std::optional<Duration> SheetsClient::learn_from(const ports::HttpResponse& refusal, CallKind kind) {
  // Google tells no Retry-After but when the window began that is full, and how much it holds.
  const Result<json::value> reply = parse(refusal.body);
  const json::value* error = reply ? member_of(&*reply, "error") : nullptr;
  const json::value* metadata = member_of(detail_with(error, "metadata"), "metadata");
  if (const auto limit = whole_number(text_of(metadata, "quota_limit_value"))) quota_.learn(kind, *limit);
  const auto began = whole_number(text_of(metadata, "window_start_time"));
  if (!began) return std::nullopt;
  const WallTime free_at = WallTime(std::chrono::seconds(*began)) +
                           std::chrono::duration_cast<std::chrono::milliseconds>(kQuotaWindow);
  return std::clamp<Duration>(free_at - clock_.wall_now(), Duration::zero(), kQuotaWindow);
}

Error SheetsClient::explain(const ports::HttpResponse& response, const Call& call) const {
  const Result<json::value> reply = parse(response.body);
  const json::value* error = reply ? member_of(&*reply, "error") : nullptr;
  const json::value* info = detail_with(error, "reason");
  const std::string reason = text_of(info, "reason");
  const std::string said = shorten(sanitize_for_terminal(text_of(error, "message")), kShownColumns);
  const std::string id = shorten(sanitize_for_terminal(call.spreadsheet_id), kShownColumns);
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
      if (reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT") {
        return {.kind = ErrorKind::permission_denied,
                .message = fmt::format("the token of {} does not allow this call of Google Sheets: {}",
                                       client_email_, said)};
      }
      return {.kind = ErrorKind::permission_denied,
              .message = call.kind == CallKind::write
                             ? fmt::format("the spreadsheet {} is not shared with the service account for "
                                           "editing: make {} an editor",
                                           id, client_email_)
                             : fmt::format("the spreadsheet {} is not shared with the service account: share "
                                           "it with {}",
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
