#include "sheets/a1.hpp"
#include "sheets/cell_text.hpp"
#include "sheets/fake_google.hpp"
#include "sheets/target_tab.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <fstream>
#include <set>
#include <string>

namespace sv::sheets {
namespace {

TEST(CellText, row_numbers_are_read_however_they_are_shown) {
  EXPECT_EQ(row_number_of("12"), 12U);
  EXPECT_EQ(row_number_of("1 204"), 1204U);
  EXPECT_EQ(row_number_of("1,204"), 1204U);
  EXPECT_EQ(row_number_of(""), 0U);
  EXPECT_EQ(row_number_of("-3"), 0U);
  EXPECT_EQ(row_number_of("A5"), 0U);
  EXPECT_EQ(row_number_of(std::string(40, '9')), 0U);
}

TEST(CellText, what_a_cell_cannot_hold_is_cut_between_characters) {
  const std::string fits(kMostCellCharacters, 'x');
  EXPECT_EQ(fit_cell(fits), fits);
  EXPECT_EQ(fit_cell(fits + "x"), fits.substr(1) + "…");
  std::string cyrillic;
  for (std::size_t i = 0; i < kMostCellCharacters; ++i) cyrillic += "ж";
  EXPECT_EQ(fit_cell(cyrillic), cyrillic) << "bytes are not what is counted";
  std::string wide;  // two UTF-16 units each
  for (std::size_t i = 0; i < kMostCellCharacters / 2 + 1; ++i) wide += "🌵";
  EXPECT_EQ(fit_cell(wide), wide.substr(0, (kMostCellCharacters / 2 - 1) * 4) + "…");
}

RC_GTEST_PROP(CellTextProperty, packed_cells_come_back, (const std::vector<std::string>& cells)) {
  const std::vector<std::string_view> views(cells.begin(), cells.end());
  RC_ASSERT(unpack_cells(pack_cells(views)) == cells);
}

// Writes down what is asked, and answers everything with a little of each.
class Recorder final : public ports::HttpTransport {
 public:
  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
    const std::string url = request.endpoint->url;
    ports::HttpResponse response;
    response.status = 200;
    if (url.ends_with("/token")) {
      response.body = R"({"access_token":"t","expires_in":3599})";
      co_return response;
    }
    const std::string path = url.substr(kGoogleSheets.size());
    asked.insert(request.method + " " + path.substr(0, path.find('?')));
    response.body = R"({"sheets":[],"valueRanges":[{}],"replies":[]})";
    co_return response;
  }
  std::set<std::string> asked;
};

// tests/node/paths.golden: what Google's own client sent for the same calls.
TEST(Paths, are_those_of_googles_own_client) {
  std::ifstream golden(std::string(SV_SOURCE_DIR) + "/tests/node/paths.golden");
  std::set<std::string> theirs;
  for (std::string line; std::getline(golden, line);) theirs.insert(line.substr(0, line.find('?')));
  ASSERT_GT(theirs.size(), 10U);

  boost::asio::io_context io;
  support::VirtualClock clock;
  Recorder recorder;
  const ServiceAccount account = test_account();
  Random random(1);
  CallQuota quota(clock);
  AccessToken token(account, Access::write, recorder, clock);
  SheetsClient client(std::string(kGoogleSheets), token, account.client_email, recorder, quota, clock,
                      random);
  const auto calls = [&]() -> boost::asio::awaitable<void> {
    EXPECT_TRUE((co_await client.spreadsheet("ID")).has_value());
    for (const char* title : {"2025", "P1", "Отчёт 1/2: it's!", "a:b"}) {
      EXPECT_TRUE(
          (co_await client.values("ID", a1_range(title, 1, 2, 0, 1), Rendering::formatted)).has_value());
    }
    EXPECT_TRUE((co_await client.values_of("ID", {a1_column("P1", 2)})).has_value());
    const auto look = []() -> boost::asio::awaitable<Result<boost::json::array>> {
      co_return boost::json::array{boost::json::object()};
    };
    EXPECT_TRUE((co_await client.write_by_looking("ID", [&](const std::optional<Error>&) {
                  return look();
                })).has_value());
  };
  boost::asio::co_spawn(io, calls(), boost::asio::detached);
  support::run_until_idle(io, clock);
  EXPECT_EQ(recorder.asked.size(), 7U);
  for (const std::string& ours : recorder.asked) EXPECT_TRUE(theirs.contains(ours)) << ours;
}

TEST(Paths, columns_and_rows_are_quoted_too) {
  EXPECT_EQ(a1_column("it's", 27), "'it''s'!AB:AB");
  EXPECT_EQ(a1_rows("P1", 1, 1), "'P1'!1:1");
}

}  // namespace
}  // namespace sv::sheets
