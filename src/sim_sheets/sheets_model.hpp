// Google Sheets without Google: an HTTP request in, a reply out. Time is passed in, nothing is read from
// outside.
//
//   no credentials 403 · token not known 401 · fault by header or plan · quota used up 429 · no such document
//   404 · else the call, on a copy of the document that replaces it when all went well
//
// What is like Google and where that is known from: /docs/google-sheets-simulator.md. Single-threaded.
#pragma once

#include "base/time.hpp"
#include "sim_sheets/api_error.hpp"
#include "sim_sheets/sheets_faults.hpp"
#include "sim_sheets/sheets_ledger.hpp"
#include "sim_sheets/spreadsheet.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace sv::sim_sheets {

struct SheetsOptions {
  bool has_quota = false;
  int reads_per_minute = 60;  // Sheets API: per user and minute
  int writes_per_minute = 60;
  SheetsFaultPlan faults;
  // Whether a bearer token is good; unset: any is.
  std::function<bool(std::string_view token, WallTime now)> accepts_token;
};

struct SheetsRequest {
  std::string_view method;
  std::string_view target;  // raw path and query: the verb is found before decoding
  std::string_view body;
  std::string_view authorization;  // the header's value
  std::string_view fault;          // of x-emu-fault
};

struct SheetsReply {
  int status = 200;
  std::string body;
  bool is_dropped = false;  // the connection is closed without a byte
};

class SheetsModel {
 public:
  explicit SheetsModel(SheetsOptions options = {});

  SheetsReply answer(const SheetsRequest& request, WallTime now);

  // A document as people make one: Sheet1, sheetId 0, 1000 x 26. A document of that id is replaced.
  Spreadsheet& add_spreadsheet(const std::string& id, const std::string& title);
  // Null when there is none. Stays valid until a document is added under the same id.
  Spreadsheet* find(std::string_view id);
  // As if not shared with the service account: every call about it is refused with 403.
  void forbid(const std::string& id) { forbidden_.insert(id); }

  // From now on only tokens that it calls good are accepted.
  void require_token(std::function<bool(std::string_view token, WallTime now)> accepts) {
    options_.accepts_token = std::move(accepts);
  }

  const SheetsLedger& ledger() const { return ledger_; }

 private:
  struct Call;
  // Nothing: there is quota left.
  std::optional<SheetsReply> refuse_for_quota(bool is_write, WallTime now);
  SheetsReply perform(const SheetsRequest& request, const Call& call);
  Answer<boost::json::object> run(const SheetsRequest& request, const Call& call);
  Answer<boost::json::object> create(const boost::json::object& body);
  Answer<boost::json::object> run_on(Spreadsheet& sheet, const SheetsRequest& request, const Call& call,
                                     const boost::json::object& body);

  SheetsOptions options_;
  std::map<std::string, Spreadsheet, std::less<>> documents_;
  std::set<std::string, std::less<>> forbidden_;
  SheetsLedger ledger_;
  std::uint64_t writes_ = 0;
  struct Window {
    std::int64_t minute = -1;
    int used = 0;
  };
  std::array<Window, 2> windows_;  // reads, writes
};

}  // namespace sv::sim_sheets
