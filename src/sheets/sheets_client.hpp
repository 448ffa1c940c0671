// Calls of the Google Sheets API v4 (google-sheets-api.md §3, §6): signs in, asks again where that is safe,
// and says what to do where it is not.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"
#include "ports/http_transport.hpp"
#include "sheets/access_token.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::sheets {

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

// How values are asked for: as people see them, or days as numbers.
enum class Rendering { formatted, unformatted };

class SheetsClient {
 public:
  static constexpr int kAttempts = 6;
  // Of one reply: some thousands of rows with long texts.
  static constexpr std::size_t kMostReplyBytes = std::size_t{64} << 20U;

  // Everything outlives it. `base_url`: kGoogleSheets, or a simulator's.
  SheetsClient(std::string base_url, AccessToken& token, std::string client_email,
               ports::HttpTransport& transport, Clock& clock, Random& random)
      : base_url_(std::move(base_url)),
        token_(token),
        client_email_(std::move(client_email)),
        transport_(transport),
        clock_(clock),
        random_(random) {}

  boost::asio::awaitable<Result<Spreadsheet>> spreadsheet(std::string id);
  // Rows of the range; what is blank at their ends is left out, as Google does. Values are strings, numbers
  // or booleans.
  boost::asio::awaitable<Result<boost::json::array>> values(std::string id, std::string range,
                                                            Rendering rendering);

 private:
  boost::asio::awaitable<Result<boost::json::value>> get(std::string path, std::string spreadsheet_id);
  boost::asio::awaitable<Result<ports::HttpResponse>> send(const std::string& path, const Secret& token);
  Error explain(const ports::HttpResponse& response, const std::string& spreadsheet_id) const;
  Duration wait_before(int attempt, const ports::HttpResponse* refusal);

  std::string base_url_;
  AccessToken& token_;
  std::string client_email_;
  ports::HttpTransport& transport_;
  Clock& clock_;
  Random& random_;
};

}  // namespace sv::sheets
