#include "sheets_fixture.hpp"
#include "sim_sheets/sheets_transport.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

namespace sv::sim_sheets {

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(SheetsModel, a_new_document_is_as_googles) {
  SheetsDesk desk;
  const json::value made = desk.json("POST", "", R"({"properties":{"title":"Отчёт"}})");
  const SheetsReply reply =
      desk.ask("GET", "/" + text_of(made, "spreadsheetId") + "?fields=properties,sheets.properties");
  EXPECT_EQ(reply.body, R"({
  "properties": {
    "title": "Отчёт",
    "locale": "en_US",
    "autoRecalc": "ON_CHANGE",
    "timeZone": "Etc/GMT"
  },
  "sheets": [
    {
      "properties": {
        "sheetId": 0,
        "title": "Sheet1",
        "index": 0,
        "sheetType": "GRID",
        "gridProperties": {
          "rowCount": 1000,
          "columnCount": 26
        }
      }
    }
  ]
}
)");
}

TEST(SheetsModel, masks_take_both_separators_and_leave_empty_parents) {
  SheetsDesk desk;
  EXPECT_EQ(json::serialize(desk.json("GET", "/doc?fields=sheets(properties/none)")),
            R"({"sheets":[{"properties":{}}]})");
  EXPECT_EQ(
      json::serialize(desk.json("GET", "/doc?fields=properties(title,locale),sheets/properties.sheetId")),
      R"({"properties":{"title":"Demo","locale":"en_US"},"sheets":[{"properties":{"sheetId":0}}]})");
  EXPECT_EQ(desk.ask("GET", "/doc?fields=sheets(properties").status, 400);
}

TEST(SheetsModel, strangers_and_unknown_documents_are_refused) {
  SheetsDesk desk;
  EXPECT_EQ(desk.model
                .answer({.method = "GET",
                         .target = "/v4/spreadsheets/doc",
                         .body = "",
                         .authorization = "",
                         .fault = ""},
                        desk.now)
                .status,
            403);
  EXPECT_EQ(desk.ask("GET", "/none").status, 404);
  desk.model.forbid("doc");
  EXPECT_EQ(message_of(desk.json("GET", "/doc")), "The caller does not have permission");
}

TEST(SheetsModel, the_61st_write_of_a_minute_is_refused_as_google_words_it) {
  SheetsDesk desk(SheetsOptions{.has_quota = true, .faults = {}, .accepts_token = {}});
  for (int i = 0; i < 60; ++i) EXPECT_EQ(message_of(desk.put("A1", R"([["a"]])")), "");
  const json::value refused = desk.put("A1", R"([["late"]])");
  EXPECT_EQ(
      message_of(refused),
      "Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute per user' of "
      "service 'sheets.googleapis.com' for consumer 'project_number:123456789012'.");
  const json::value& metadata = refused.at("error").at("details").at(0).at("metadata");
  EXPECT_EQ(metadata.at("quota_limit_value"), "60");
  EXPECT_EQ(metadata.at("window_start_time"), "1800000000");
  EXPECT_EQ(text_of(desk.get("A1"), "values"), R"([["a"]])") << "reads have their own quota";
  desk.now += 60s;
  EXPECT_EQ(message_of(desk.put("A1", R"([["b"]])")), "");
  EXPECT_EQ(desk.model.ledger().most_writes_a_minute(), 61U);
  EXPECT_EQ(desk.model.ledger().refused(), 1U);
}

TEST(SheetsModel, faults_by_header_write_or_do_not_as_named) {
  const auto value_after = [](std::string_view fault, int status, bool is_dropped) {
    SheetsDesk desk;
    const SheetsReply reply =
        desk.ask("PUT", "/doc/values/A1?valueInputOption=RAW", R"({"values":[["x"]]})", fault);
    if (is_dropped) {
      EXPECT_TRUE(reply.is_dropped) << fault;
    } else {
      EXPECT_EQ(reply.status, status) << fault;
    }
    return desk.get("A1").get_object().contains("values");
  };
  EXPECT_FALSE(value_after("429", 429, false));
  EXPECT_FALSE(value_after("500", 500, false));
  EXPECT_FALSE(value_after("503", 503, false));
  EXPECT_FALSE(value_after("drop-before", 0, true));
  EXPECT_TRUE(value_after("drop-after", 0, true));
  EXPECT_TRUE(value_after("503-after-write", 503, false));
}

TEST(SheetsModel, a_plan_meets_every_nth_write_and_no_read) {
  SheetsOptions options;
  ASSERT_TRUE(options.faults.add("503-after-write=3"));
  ASSERT_FALSE(options.faults.add("503-after-write"));
  ASSERT_FALSE(options.faults.add("fire=3"));
  SheetsDesk desk(std::move(options));
  std::string seen;
  for (int i = 0; i < 6; ++i) {
    seen += std::to_string(
                desk.ask("PUT", "/doc/values/A1?valueInputOption=RAW", R"({"values":[["x"]]})").status) +
            " ";
    EXPECT_EQ(desk.ask("GET", "/doc/values/A1").status, 200);
  }
  EXPECT_EQ(seen, "200 200 503 200 200 503 ");
}

// Sends one request in virtual time.
class SheetsTransportTest : public testing::Test {
 protected:
  std::optional<Result<ports::HttpResponse>> send(Duration allowance, std::vector<std::string> headers = {}) {
    headers.emplace_back("Authorization: Bearer any");
    ports::HttpRequest request;
    request.endpoint = std::make_shared<const ports::HttpEndpoint>(ports::HttpEndpoint{
        .url = "https://sheets.googleapis.com/v4/spreadsheets/doc/values/A1?valueInputOption=RAW",
        .headers = std::move(headers)});
    request.method = "PUT";
    request.body = R"({"values":[["x"]]})";
    request.deadline = Deadline::after(clock.now(), allowance);
    std::optional<Result<ports::HttpResponse>> outcome;
    boost::asio::co_spawn(io, transport.send(std::move(request)),
                          [&](const std::exception_ptr& error, Result<ports::HttpResponse> result) {
                            EXPECT_EQ(error, nullptr);
                            outcome = std::move(result);
                          });
    support::run_until_idle(io, clock);
    return outcome;
  }
  bool is_written() { return model.find("doc")->tabs.front().cell(0, 0).has_value(); }

  boost::asio::io_context io;
  support::VirtualClock clock;
  SheetsModel model;
  SheetsTransport transport{"https://sheets.googleapis.com", model, clock, 100ms};

  void SetUp() override { model.add_spreadsheet("doc", "Demo"); }
};

TEST_F(SheetsTransportTest, a_reply_takes_the_latency) {
  const auto outcome = send(10s);
  ASSERT_TRUE(outcome && *outcome);
  EXPECT_EQ((*outcome)->status, 200);
  EXPECT_EQ((*outcome)->elapsed, 100ms);
  EXPECT_EQ((*outcome)->header("content-type"), "application/json; charset=UTF-8");
  EXPECT_TRUE(is_written());
}

TEST_F(SheetsTransportTest, a_write_whose_reply_is_too_late_is_written_all_the_same) {
  const auto outcome = send(70ms);
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::timeout);
  EXPECT_TRUE(is_written());
}

TEST_F(SheetsTransportTest, a_write_that_never_arrives_is_not_written) {
  const auto outcome = send(30ms);
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::timeout);
  EXPECT_FALSE(is_written());
}

TEST_F(SheetsTransportTest, a_dropped_reply_is_a_broken_connection) {
  const auto outcome = send(10s, {"X-Emu-Fault: drop-after"});
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_EQ(outcome->error().kind, ErrorKind::connect);
  EXPECT_TRUE(is_written());
}

}  // namespace

}  // namespace sv::sim_sheets
