// One run at a time writes to a tab, on whichever machines the runs are: a lease that the spreadsheet itself
// carries, as developer metadata of the document (nothing that people see).
//
//   take() ─▶ keep(), keep(), … ─▶ give_back()
//
// The lease of a tab has one metadata id, which Google accepts once: of two runs that take it at the same
// moment the second is refused (as a whole, with whatever else its request holds). It says who holds it and
// until when; who holds it renews it. One that is out of date may be taken over, and so may one of the same
// holder: a run that was killed is gone on with at once where its journal is. A run that slept past its lease
// finds out before its next write.
//
// Clocks of machines may differ by minutes: kLife is long beside kRenewAfter.
#pragma once

#include "base/clock.hpp"
#include "sheets/sheets_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/array.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sv::sheets {

struct LeaseHolder {
  std::string id;     // the same for all processes that a lock of the machine keeps apart
  std::string words;  // for the others: "process 812 on pm1 since 2026-11-25 09:30 UTC"
};

class TabLease {
 public:
  static constexpr std::chrono::minutes kLife{10};
  static constexpr std::chrono::minutes kRenewAfter{2};

  // `client` and `clock` outlive it.
  TabLease(SheetsClient& client, Clock& clock, std::string spreadsheet_id, std::string_view tab,
           LeaseHolder holder);

  // Errors: already_locked, with who holds it and until when; those of the client.
  boost::asio::awaitable<Result<void>> take();
  // Before each write; a call of Google every kRenewAfter. Errors: already_locked when somebody else has it
  // by now.
  boost::asio::awaitable<Result<void>> keep();
  // At the end. If that fails nobody is held up for longer than kLife.
  boost::asio::awaitable<void> give_back();

 private:
  boost::asio::awaitable<Result<boost::json::array>> look(bool is_first);
  boost::asio::awaitable<Result<boost::json::array>> look_for_end();
  boost::asio::awaitable<Result<void>> hold(bool is_first);

  SheetsClient& client_;
  Clock& clock_;
  std::string spreadsheet_id_;
  std::string tab_;
  LeaseHolder holder_;
  std::int64_t metadata_id_;
  std::string value_;  // what the document carries, as far as is known
  TimePoint renewed_at_{};
};

}  // namespace sv::sheets
