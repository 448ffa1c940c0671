// A model with one document, and calls in few words.
#pragma once

#include "sim_sheets/sheets_model.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace sv::sim_sheets {

class SheetsDesk {
 public:
  explicit SheetsDesk(SheetsOptions options = {}) : model(std::move(options)) {
    model.add_spreadsheet("doc", "Demo");
  }

  SheetsReply ask(std::string_view method, const std::string& path, std::string_view body = "",
                  std::string_view fault = "") {
    return model.answer({.method = method,
                         .target = "/v4/spreadsheets" + path,
                         .body = body,
                         .authorization = "Bearer any",
                         .fault = fault},
                        now);
  }
  // The reply's JSON.
  boost::json::value json(std::string_view method, const std::string& path, std::string_view body = "") {
    return boost::json::parse(ask(method, path, body).body);
  }
  boost::json::value get(const std::string& range, const std::string& query = "") {
    return json("GET", "/doc/values/" + range + query);
  }
  boost::json::value put(const std::string& range, const std::string& values,
                         const std::string& option = "RAW") {
    return json("PUT", "/doc/values/" + range + "?valueInputOption=" + option,
                R"({"values":)" + values + "}");
  }
  boost::json::value append(const std::string& range, const std::string& values) {
    return json("POST", "/doc/values/" + range + ":append?valueInputOption=RAW",
                R"({"values":)" + values + "}");
  }
  boost::json::value batch(const std::string& requests) {
    return json("POST", "/doc:batchUpdate", R"({"requests":)" + requests + "}");
  }

  SheetsModel model;
  WallTime now{std::chrono::seconds(1'800'000'000)};
};

inline std::string text_of(const boost::json::value& value, std::string_view member) {
  const boost::json::value* found = value.get_object().if_contains(member);
  return found == nullptr     ? ""
         : found->is_string() ? std::string(found->get_string())
                              : boost::json::serialize(*found);
}

inline std::string message_of(const boost::json::value& reply) {
  const boost::json::value* error = reply.get_object().if_contains("error");
  return error == nullptr ? "" : text_of(*error, "message");
}

}  // namespace sv::sim_sheets
