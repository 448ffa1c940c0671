#include "sim_sheets/sheets_model.hpp"

#include "sim_sheets/batch_requests.hpp"
#include "sim_sheets/field_mask.hpp"
#include "sim_sheets/grid_arguments.hpp"
#include "sim_sheets/request_kinds.hpp"
#include "sim_sheets/request_target.hpp"
#include "sim_sheets/spreadsheet_view.hpp"
#include "sim_sheets/values_calls.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace sv::sim_sheets {

namespace json = boost::json;

namespace {

constexpr std::size_t kMostDocuments = 1'000;
// Whose quota it is, in the texts of 429s. Not a real project.
constexpr std::string_view kConsumer = "projects/123456789012";

SheetsReply reply_with(const ApiError& error) {
  json::object body{{"code", error.code}, {"message", error.message}, {"status", error.status}};
  if (!error.details.empty()) body["details"] = error.details;
  return {.status = error.code, .body = pretty_json(json::object{{"error", std::move(body)}})};
}

ApiError error_of(int code, std::string status, std::string message) {
  return {.code = code, .status = std::move(status), .message = std::move(message), .details = {}};
}

ApiError quota_error(bool is_write, int limit, std::int64_t window_start) {
  const std::string_view name = is_write ? "Write" : "Read";
  const std::string_view metric = is_write ? "write_requests" : "read_requests";
  ApiError error = error_of(
      429, "RESOURCE_EXHAUSTED",
      fmt::format(
          "Quota exceeded for quota metric '{0} requests' and limit '{0} requests per minute per user' of "
          "service 'sheets.googleapis.com' for consumer 'project_number:123456789012'.",
          name));
  error.details.push_back({{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                           {"reason", "RATE_LIMIT_EXCEEDED"},
                           {"domain", "googleapis.com"},
                           {"metadata",
                            {{"window_start_time", fmt::format("{}", window_start)},
                             {"quota_metric", fmt::format("sheets.googleapis.com/{}", metric)},
                             {"quota_location", "global"},
                             {"service", "sheets.googleapis.com"},
                             {"quota_unit", "1/min/{project}/{user}"},
                             {"quota_limit", fmt::format("{}RequestsPerMinutePerUser", name)},
                             {"consumer", kConsumer},
                             {"quota_limit_value", fmt::format("{}", limit)}}}});
  error.details.push_back(
      {{"@type", "type.googleapis.com/google.rpc.Help"},
       {"links",
        {json::object{{"description", "Request a higher quota limit."},
                      {"url", "https://cloud.google.com/docs/quotas/help/request_increase"}}}}});
  return error;
}

// google-spreadsheet loads cells by it. Filters by developer metadata are not known here.
Answer<json::object> get_by_filter(Spreadsheet& sheet, const json::object& body, std::string_view fields) {
  ViewOptions options{
      .include_grid_data = flag_in(body, "includeGridData"), .ranges = {}, .mask = std::nullopt};
  for (const json::value& filter : array_in(body, "dataFilters")) {
    const json::object none;
    const json::object& one = filter.is_object() ? filter.get_object() : none;
    if (one.contains("a1Range")) {
      options.ranges.push_back(text_in(one, "a1Range"));
    } else if (one.contains("gridRange")) {
      const Answer<TabBox> place = read_grid_range(sheet, object_in(one, "gridRange"));
      if (!place) return std::unexpected(place.error());
      options.ranges.push_back(echo_range(place->tab->title, place->box));
    } else {
      return std::unexpected(
          error_of(501, "UNIMPLEMENTED", "the simulator does not know data filters by developer metadata"));
    }
  }
  if (!fields.empty()) options.mask = *FieldMask::parse(fields);  // parsed once before, without an error
  return view_spreadsheet(sheet, options);
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace

struct SheetsModel::Call {
  RequestTarget target;
  bool is_write = false;
};

SheetsModel::SheetsModel(SheetsOptions options) : options_(std::move(options)) {}

Spreadsheet& SheetsModel::add_spreadsheet(const std::string& id, const std::string& title) {
  Spreadsheet sheet;
  sheet.id = id;
  sheet.title = title;
  Tab tab;
  tab.title = "Sheet1";
  sheet.tabs.push_back(std::move(tab));
  return documents_.insert_or_assign(id, std::move(sheet)).first->second;
}

Spreadsheet* SheetsModel::find(std::string_view id) {
  const auto found = documents_.find(id);
  return found == documents_.end() ? nullptr : &found->second;
}

SheetsReply SheetsModel::answer(const SheetsRequest& request, WallTime now) {
  Call call{.target = parse_target(request.target)};
  const bool reads_by_post = call.target.verb == "batchGetByDataFilter" || call.target.verb == "search" ||
                             call.target.verb == "getByDataFilter";
  call.is_write = request.method != "GET" && !reads_by_post;
  if (!call.target.is_sheets)
    return reply_with(error_of(404, "NOT_FOUND", "Requested entity was not found."));
  constexpr std::string_view kBearer = "Bearer ";
  if (!request.authorization.starts_with(kBearer)) {
    return reply_with(
        error_of(403, "PERMISSION_DENIED",
                 "Method doesn't allow unregistered callers (callers without established identity). "
                 "Please use API Key or other form of API consumer identity to call this API."));
  }
  if (options_.accepts_token && !options_.accepts_token(request.authorization.substr(kBearer.size()), now)) {
    return reply_with(
        error_of(401, "UNAUTHENTICATED",
                 "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
                 "cookie or other valid authentication credential. See "
                 "https://developers.google.com/identity/sign-in/web/devconsole-project."));
  }
  std::optional<SheetsFault> fault = parse_fault(request.fault);
  if (call.is_write) ++writes_;
  if (!fault && call.is_write) fault = options_.faults.of_write(writes_);
  SheetsReply reply;
  if (fault == SheetsFault::quota) {
    const int limit = call.is_write ? options_.writes_per_minute : options_.reads_per_minute;
    reply = reply_with(quota_error(call.is_write, limit, seconds_of(now) / 60 * 60));
  } else if (fault == SheetsFault::internal) {
    reply = reply_with(error_of(500, "INTERNAL", "Internal error encountered."));
  } else if (fault == SheetsFault::unavailable) {
    reply = reply_with(error_of(503, "UNAVAILABLE", "The service is currently unavailable."));
  } else if (fault == SheetsFault::drop_before) {
    reply.is_dropped = true;
  } else if (std::optional<SheetsReply> refused = refuse_for_quota(call.is_write, now)) {
    reply = *std::move(refused);
  } else {
    reply = perform(request, call);
    reply.is_dropped = fault == SheetsFault::drop_after;
    if (fault == SheetsFault::unavailable_after) {
      reply = reply_with(error_of(503, "UNAVAILABLE", "The service is currently unavailable."));
    }
  }
  ledger_.note(call.is_write, reply.status, now);
  return reply;
}

std::optional<SheetsReply> SheetsModel::refuse_for_quota(bool is_write, WallTime now) {
  if (!options_.has_quota) return std::nullopt;
  const int limit = is_write ? options_.writes_per_minute : options_.reads_per_minute;
  Window& window = windows_.at(is_write ? 1 : 0);
  const std::int64_t minute = seconds_of(now) / 60;
  if (window.minute != minute) window = {.minute = minute, .used = 0};
  if (window.used >= limit) return reply_with(quota_error(is_write, limit, minute * 60));
  ++window.used;
  return std::nullopt;
}

SheetsReply SheetsModel::perform(const SheetsRequest& request, const Call& call) {
  std::optional<FieldMask> mask;
  const std::string_view fields = call.target.parameter("fields");
  if (!fields.empty()) {
    Answer<FieldMask> parsed = FieldMask::parse(fields);
    if (!parsed) return reply_with(parsed.error());
    mask = *std::move(parsed);
  }
  const Answer<json::object> done = run(request, call);
  if (!done) return reply_with(done.error());
  const json::value body = mask ? mask->cut(*done) : json::value(*done);
  if (call.target.parameter("prettyPrint") == "false") return {.status = 200, .body = json::serialize(body)};
  return {.status = 200, .body = pretty_json(body)};
}

Answer<json::object> SheetsModel::run(const SheetsRequest& request, const Call& call) {
  json::object body;
  if (!request.body.empty()) {
    boost::system::error_code error;
    json::value parsed = json::parse({request.body.data(), request.body.size()}, error);
    if (error || !parsed.is_object()) {
      return invalid("Invalid JSON payload received. Unexpected token.");
    }
    body = std::move(parsed.get_object());
  }
  if (call.target.path.empty()) {
    if (request.method == "POST" && call.target.verb.empty()) return create(body);
    return not_found();
  }
  const std::string& id = call.target.path.front();
  Spreadsheet* sheet = find(id);
  if (sheet == nullptr) return not_found();
  if (forbidden_.contains(id)) {
    return std::unexpected(error_of(403, "PERMISSION_DENIED", "The caller does not have permission"));
  }
  if (!call.is_write) return run_on(*sheet, request, call, body);
  Spreadsheet draft = *sheet;
  Answer<json::object> done = run_on(draft, request, call, body);
  if (done) *sheet = std::move(draft);
  return done;
}

Answer<json::object> SheetsModel::create(const json::object& body) {
  if (documents_.size() >= kMostDocuments) {
    return std::unexpected(
        error_of(403, "PERMISSION_DENIED", "The user's Drive storage quota has been exceeded."));
  }
  const json::object& properties = object_in(body, "properties");
  std::string title = text_in(properties, "title");
  const std::string id = fmt::format("1Simulated{:034}", documents_.size() + 1);
  Spreadsheet sheet;
  sheet.id = id;
  sheet.title = title.empty() ? "Untitled spreadsheet" : std::move(title);
  if (properties.contains("locale")) sheet.locale = text_in(properties, "locale");
  if (properties.contains("timeZone")) sheet.time_zone = text_in(properties, "timeZone");
  const json::array& tabs = array_in(body, "sheets");
  for (const json::value& tab : tabs) {
    if (!tab.is_object()) return invalid("Invalid value at 'spreadsheet.sheets'");
    Answer<Tab> made = make_tab(sheet, object_in(tab.get_object(), "properties"));
    if (!made) return std::unexpected(std::move(made.error()));
    sheet.tabs.push_back(*std::move(made));
  }
  if (sheet.tabs.empty()) sheet.tabs.push_back(*make_tab(sheet, json::object{{"title", "Sheet1"}}));
  const Answer<void> fits = sheet.check_size();
  if (!fits) return std::unexpected(fits.error());
  return view_spreadsheet(documents_.insert_or_assign(id, std::move(sheet)).first->second, {});
}

Answer<json::object> SheetsModel::run_on(Spreadsheet& sheet, const SheetsRequest& request, const Call& call,
                                         const json::object& body) {
  const RequestTarget& target = call.target;
  const std::string& verb = target.verb;
  const bool is_get = request.method == "GET";
  const bool is_post = request.method == "POST";
  if (target.path.size() == 1) {
    if (is_get && verb.empty()) {
      ViewOptions options{.include_grid_data = target.flag("includeGridData"),
                          .ranges = target.parameters("ranges"),
                          .mask = std::nullopt};
      const std::string_view fields = target.parameter("fields");
      if (!fields.empty()) options.mask = *FieldMask::parse(fields);  // parsed once before, without an error
      return view_spreadsheet(sheet, options);
    }
    if (is_post && verb == "batchUpdate") return batch_update(sheet, body);
    if (is_post && verb == "getByDataFilter") return get_by_filter(sheet, body, target.parameter("fields"));
  }
  const bool is_values = target.path.size() >= 2 && target.path[1] == "values";
  if (!is_values || target.path.size() > 3) {
    if (verb.ends_with("ataFilter") || (target.path.size() >= 2 && target.path[1] == "developerMetadata")) {
      return std::unexpected(error_of(501, "UNIMPLEMENTED", "the simulator does not know this call"));
    }
    return not_found();
  }
  const Answer<ReadOptions> read =
      parse_read_options(target.parameter("majorDimension"), target.parameter("valueRenderOption"),
                         target.parameter("dateTimeRenderOption"));
  if (!read) return std::unexpected(read.error());
  if (target.path.size() == 2) {
    if (is_get && verb == "batchGet") return batch_get_values(sheet, target.parameters("ranges"), *read);
    if (is_post && verb == "batchUpdate") return batch_update_values(sheet, body);
    if (is_post && verb == "batchClear") return batch_clear_values(sheet, body);
    if (verb.ends_with("ByDataFilter")) {
      return std::unexpected(
          error_of(501, "UNIMPLEMENTED", "the simulator does not know calls by data filter"));
    }
    return not_found();
  }
  const std::string& range = target.path[2];
  if (is_get && verb.empty()) return get_values(sheet, range, *read);
  if (is_post && verb == "clear") return clear_values(sheet, range);
  const bool is_update = request.method == "PUT" && verb.empty();
  if (!is_update && !(is_post && verb == "append")) return not_found();
  const Answer<bool> user_entered = parse_input_option(target.parameter("valueInputOption"));
  if (!user_entered) return std::unexpected(user_entered.error());
  const Answer<ReadOptions> response = parse_read_options("", target.parameter("responseValueRenderOption"),
                                                          target.parameter("responseDateTimeRenderOption"));
  if (!response) return std::unexpected(response.error());
  const WriteOptions options{.user_entered = *user_entered,
                             .insert_rows = target.parameter("insertDataOption") == "INSERT_ROWS",
                             .include_values = target.flag("includeValuesInResponse"),
                             .response = *response};
  return is_update ? update_values(sheet, range, body, options) : append_values(sheet, range, body, options);
}

}  // namespace sv::sim_sheets
