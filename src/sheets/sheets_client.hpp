// Calls of the Google Sheets API v4 (google-sheets-api.md §3, §6): signs in, asks again where that is safe,
// and says what to do where it is not.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "ports/http_transport.hpp"
#include "sheets/access_token.hpp"
#include "sheets/call_quota.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sheets {

// Ids of new tabs are ours to give, below this: positive 32-bit numbers.
inline constexpr std::uint64_t kMostTabId = 0x7FFFFFFE;

inline constexpr std::string_view kGoogleSheets = "https://sheets.googleapis.com";

struct MergedBlock {
  std::uint64_t first_row = 0;  // from 0
  std::uint64_t end_row = 0;    // behind the last
  std::size_t column = 0;       // the first
};

struct SheetTab {
  std::int64_t id = 0;  // the gid of addresses
  std::string title;
  bool is_hidden = false;
  bool is_grid = true;  // charts have tabs too
  std::uint64_t rows = 0;
  std::size_t columns = 0;
  std::vector<MergedBlock> merges;
};

struct Spreadsheet {
  std::string title;
  std::vector<SheetTab> tabs;
};

// What a document carries for programs: a number that is its alone, a key and a text.
struct DeveloperMetadata {
  std::int64_t id = 0;
  std::string key;
  std::string value;
};

// How values are asked for: as people see them, days as numbers, or what was typed.
enum class Rendering { formatted, unformatted, formula };

// Whether a write that ended so may have been done all the same: its reply was lost, or the server gave up in
// the middle. It must be looked before it is sent again.
bool may_have_written(const Error& error);

class SheetsClient {
 public:
  static constexpr int kAttempts = 6;
  // Of one reply: some thousands of rows with long texts.
  static constexpr std::size_t kMostReplyBytes = std::size_t{64} << 20U;

  // Everything outlives it. `base_url`: kGoogleSheets, or a simulator's.
  SheetsClient(std::string base_url, AccessToken& token, std::string client_email,
               ports::HttpTransport& transport, CallQuota& quota, Clock& clock, Random& random)
      : base_url_(std::move(base_url)),
        token_(token),
        client_email_(std::move(client_email)),
        transport_(transport),
        quota_(quota),
        clock_(clock),
        random_(random) {}

  boost::asio::awaitable<Result<Spreadsheet>> spreadsheet(std::string id);
  // That of the document as a whole.
  boost::asio::awaitable<Result<std::vector<DeveloperMetadata>>> metadata(std::string id);
  // Rows of the range; what is blank at their ends is left out, as Google does. Values are strings, numbers
  // or booleans.
  boost::asio::awaitable<Result<boost::json::array>> values(std::string id, std::string range,
                                                            Rendering rendering);

  // Several ranges of one moment, in their order.
  boost::asio::awaitable<Result<std::vector<boost::json::array>>> values_of(std::string id,
                                                                            std::vector<std::string> ranges);
  // What is to be written, going by a look at what is there now; nothing: all is there. `failure`: of the
  // write before, when this is not the first look.
  using Look =
      std::function<boost::asio::awaitable<Result<boost::json::array>>(std::optional<Error> failure)>;
  // spreadsheets.batchUpdate of what `look` asks for: all of the requests or none. A write whose reply was
  // lost, or that does not fit the sheet any more, is followed by a look and never by the same write. Errors:
  // those of `look`; that of the last write.
  boost::asio::awaitable<Result<void>> write_by_looking(std::string id, Look look);

 private:
  struct Call {
    CallKind kind = CallKind::read;
    std::string path;
    std::string body;  // empty: GET
    std::string spreadsheet_id;
  };
  boost::asio::awaitable<Result<boost::json::value>> perform(Call call);
  // Asked again only where the refusal says that nothing was written.
  boost::asio::awaitable<Result<void>> update(std::string id, boost::json::array requests);
  // Before the n-th repetition (from 1) of what failed: 1 s, doubled each time up to a minute, and some
  // chance.
  Duration pause_before(int repetition);
  boost::asio::awaitable<Result<ports::HttpResponse>> send(const Call& call, const Secret& token);
  Error explain(const ports::HttpResponse& response, const Call& call) const;
  // Until the quota's minute is over; nothing when the refusal does not tell. Learns the quota.
  std::optional<Duration> learn_from(const ports::HttpResponse& refusal, CallKind kind);

  std::string base_url_;
  AccessToken& token_;
  std::string client_email_;
  ports::HttpTransport& transport_;
  CallQuota& quota_;
  Clock& clock_;
  Random& random_;
};

}  // namespace sv::sheets
