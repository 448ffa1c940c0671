#include "sheets/sheets_client.hpp"

#include "sheets/a1.hpp"
#include "sheets/fake_google.hpp"
#include "sheets/tab_reader.hpp"
#include "support/virtual_clock.hpp"
#include "tables/csv_reader.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>

namespace sv::sheets {
namespace {

using namespace std::chrono_literals;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

FakeCell cell(std::string_view text) {
  return {.shown = boost::json::value(text), .exact = boost::json::value(text)};
}

// Google and a client of it, in virtual time.
struct World {
  boost::asio::io_context io;
  support::VirtualClock clock;
  FakeGoogle google{clock};
  ServiceAccount account = test_account();
  Random random{1};
  AccessToken token{account, Access::read, google, clock};
  CallQuota quota{clock};
  SheetsClient client{std::string(kGoogleSheets), token, account.client_email, google, quota, clock, random};

  World() {
    google.tabs["Statuses"] = {
        .id = 7,
        .rows = {{cell("Project"), cell("Status"), cell("Comment"), cell("Completion date")},
                 {cell("Ferry"), cell("Done"), cell("all"), {.shown = "25.11.2026", .exact = 46351}}},
        .merges = {}};
  }

  template <typename T>
  T await(boost::asio::awaitable<T> work) {
    std::optional<T> result;
    boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& error, T value) {
      if (error) std::rethrow_exception(error);
      result = std::move(value);
    });
    support::run_until_idle(io, clock);
    return std::move(*result);
  }

  TabRequest request(const std::string& tab = "Statuses") const {
    TabRequest request;
    request.spreadsheet_id = google.id;
    request.tab = tab;
    request.guesses_days = true;
    request.directory = "/tmp";
    return request;
  }
  Result<FetchedTab> fetch(const TabRequest& request) { return await(fetch_tab(client, request)); }
  std::string error_of(const TabRequest& request) {
    const Result<FetchedTab> tab = fetch(request);
    return tab ? "it was read" : tab.error().message;
  }
};

std::vector<std::vector<std::string>> rows_of(const FetchedTab& tab) {
  std::vector<std::vector<std::string>> rows;
  Result<tables::CsvReader> reader =
      tables::CsvReader::open(fmt::format("/proc/self/fd/{}", tab.file.number()));
  for (;;) {
    const Result<bool> read = reader->next();
    if (!read || !*read) return rows;
    rows.emplace_back(reader->cells().begin(), reader->cells().end());
  }
}

TEST(SignIn, the_claim_is_signed_and_asks_for_no_more_than_reading) {
  World world;
  ASSERT_TRUE(world.fetch(world.request()).has_value());
  EXPECT_EQ(world.google.tokens, 1);
  EXPECT_EQ(world.google.last_claims.at("iss").as_string(), world.account.client_email);
  EXPECT_EQ(world.google.last_claims.at("scope").as_string(),
            "https://www.googleapis.com/auth/spreadsheets.readonly");
  EXPECT_EQ(world.google.last_claims.at("exp").as_int64() - world.google.last_claims.at("iat").as_int64(),
            3600);
}

TEST(SignIn, a_token_is_used_until_five_minutes_before_its_end) {
  World world;
  ASSERT_TRUE(world.await(world.token.get()).has_value());
  world.clock.advance(54min);
  ASSERT_TRUE(world.await(world.token.get()).has_value());
  EXPECT_EQ(world.google.tokens, 1);
  world.clock.advance(2min);
  ASSERT_TRUE(world.await(world.token.get()).has_value());
  EXPECT_EQ(world.google.tokens, 2);
}

TEST(SignIn, a_wrong_clock_is_repaired_with_googles) {
  for (const Duration skew : {Duration(2h), Duration(-26h)}) {
    World world;
    world.google.skew = skew;
    EXPECT_TRUE(world.await(world.token.get()).has_value());
    ASSERT_EQ(world.token.warnings().size(), 1U);
    EXPECT_TRUE(holds(world.token.warnings()[0],
                      skew > Duration::zero() ? "7200 s behind Google's" : "93600 s ahead of Google's"));
  }
}

TEST(SignIn, what_passes_is_tried_again_and_what_does_not_says_what_to_do) {
  World passing;
  passing.google.token_faults = {{.status = 503, .header_block = "", .body = "", .elapsed = {}},
                                 {.status = 429, .header_block = "", .body = "", .elapsed = {}}};
  EXPECT_TRUE(passing.await(passing.token.get()).has_value());
  World final;
  final.google.token_faults = {
      {.status = 400,
       .header_block = "",
       .body = R"({"error":"invalid_grant","error_description":"Invalid grant: account not found"})",
       .elapsed = {}}};
  const Result<Secret> refused = final.await(final.token.get());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
  EXPECT_TRUE(holds(refused.error().message, "robot@project.iam.gserviceaccount.com"))
      << refused.error().message;
  EXPECT_TRUE(holds(refused.error().message, "make a new one")) << refused.error().message;
}

TEST(SignIn, an_expired_token_is_replaced_once) {
  World world;
  ASSERT_TRUE(world.await(world.token.get()).has_value());
  world.google.expire_token();
  EXPECT_TRUE(world.fetch(world.request()).has_value());
  EXPECT_EQ(world.google.tokens, 2);
}

TEST(ServiceAccount, a_key_file_is_checked_before_it_is_used) {
  const auto why = [](std::string_view json) {
    const Result<ServiceAccount> account = parse_service_account(json);
    return account ? "it was taken" : account.error().message;
  };
  EXPECT_TRUE(holds(why("{"), "it is not JSON"));
  EXPECT_TRUE(holds(why(R"({"type":"authorized_user"})"), "of the type \"authorized_user\""));
  EXPECT_TRUE(holds(why(R"({"type":"service_account","client_email":"a@b","token_uri":"https://x"})"),
                    "has no private_key"));
  EXPECT_TRUE(holds(
      why(R"({"type":"service_account","client_email":"a@b","private_key":"SECRET","token_uri":"http://evil.example/"})"),
      "no https address"));
  EXPECT_FALSE(holds(
      why(R"({"type":"service_account","client_email":"a@b","private_key":"SECRET","token_uri":"http://evil.example/"})"),
      "SECRET"));
}

TEST(TabReader, rows_are_read_as_people_see_them_but_days_as_days) {
  World world;
  const Result<FetchedTab> tab = world.fetch(world.request());
  ASSERT_TRUE(tab.has_value()) << tab.error().message;
  const auto rows = rows_of(*tab);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1], (std::vector<std::string>{"Ferry", "Done", "all", "2026-11-25"}));
  EXPECT_EQ(tab->id, 7);
  EXPECT_EQ(row_link("SHEET-1_x", tab->id) + "2",
            "https://docs.google.com/spreadsheets/d/SHEET-1_x/edit#gid=7&range=A2");
}

TEST(TabReader, a_number_that_is_shown_as_one_is_no_day) {
  World world;
  world.google.tabs["Statuses"].rows[1][3] = {.shown = "46351", .exact = 46351};
  EXPECT_EQ(rows_of(*world.fetch(world.request())).at(1).at(3), "46351");
}

TEST(TabReader, merged_blocks_blank_rows_and_short_rows_keep_their_places) {
  World world;
  FakeTab& tab = world.google.tabs["Statuses"];
  tab.rows = {{cell("Project"), cell("Status")},
              {cell("Ferry"), cell("a")},
              {cell(""), cell("b")},
              {},
              {cell("Bridge")}};
  tab.merges = {{{"sheetId", 7},
                 {"startRowIndex", 1},
                 {"endRowIndex", 3},
                 {"startColumnIndex", 0},
                 {"endColumnIndex", 1}}};
  const auto rows = rows_of(*world.fetch(world.request()));
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[2], (std::vector<std::string>{"Ferry", "b"}));
  EXPECT_EQ(rows[4], (std::vector<std::string>{"Bridge"}));
}

TEST(TabReader, long_tabs_are_read_in_pieces) {
  World world;
  FakeTab& tab = world.google.tabs["Statuses"];
  tab.grid_rows = 12'000;
  tab.rows.resize(1);
  for (int i = 0; i < 11'000; ++i)
    tab.rows.push_back(
        {cell(fmt::format("P{}", i)), cell("Done"), cell("c"), {.shown = "01.01.2026", .exact = 46023}});
  const Result<FetchedTab> fetched = world.fetch(world.request());
  ASSERT_TRUE(fetched.has_value());
  const auto rows = rows_of(*fetched);
  ASSERT_EQ(rows.size(), 11'001U);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i][0], fmt::format("P{}", i - 1));
    ASSERT_EQ(rows[i][3], "2026-01-01") << "row " << i;
  }
  EXPECT_EQ(world.google.requests.size(), 7U) << "the tabs, and three pieces of two readings each";
}

TEST(TabReader, a_row_that_moves_between_two_readings_does_not_get_anothers_day) {
  World world;
  FakeTab& tab = world.google.tabs["Statuses"];
  for (int i = 0; i < 20; ++i)
    tab.rows.push_back({cell(fmt::format("P{}", i)), cell("Done"), cell("c"),
                        FakeCell{.shown = boost::json::value(fmt::format("{:02}.01.2026", i + 1)),
                                 .exact = boost::json::value(46023 + i)}});
  int readings = 0;
  world.google.before_values = [&](FakeGoogle& google) {
    // Between the first two readings a row is inserted on top, between the next two one is deleted.
    ++readings;
    auto& rows = google.tabs["Statuses"].rows;
    if (readings == 2)
      rows.insert(rows.begin() + 1,
                  {cell("new"), cell("Done"), cell("c"), {.shown = "31.12.2026", .exact = 46387}});
    if (readings == 4) rows.erase(rows.begin() + 5);
  };
  const Result<FetchedTab> fetched = world.fetch(world.request());
  ASSERT_TRUE(fetched.has_value()) << fetched.error().message;
  for (const auto& row : rows_of(*fetched)) {
    if (!row[0].starts_with("P") || row[0] == "Project") continue;
    EXPECT_EQ(row[3], fmt::format("2026-01-{:02}", std::stoi(row[0].substr(1)) + 1)) << row[0];
  }
}

TEST(TabReader, a_tab_that_changes_all_the_time_or_at_a_seam_is_told) {
  World world;
  world.google.before_values = [](FakeGoogle& google) {
    auto& rows = google.tabs["Statuses"].rows;
    rows.insert(rows.begin() + 1, {cell("x"), cell("y"), cell("z"), cell("")});
  };
  EXPECT_TRUE(holds(world.error_of(world.request()), "was changed while it was read"));
  World seam;
  FakeTab& tab = seam.google.tabs["Statuses"];
  tab.grid_rows = 12'000;
  for (int i = 0; i < 11'000; ++i)
    tab.rows.push_back({cell(fmt::format("P{}", i)), cell("Done"), cell("c"), cell("")});
  int readings = 0;
  seam.google.before_values = [&](FakeGoogle& google) {
    auto& rows = google.tabs["Statuses"].rows;
    if (++readings == 3) rows.erase(rows.begin() + 5);
  };
  EXPECT_TRUE(holds(seam.error_of(seam.request()), "was changed while it was read"))
      << "else a row would be skipped";
}

TEST(ServiceAccount, only_a_port_may_follow_a_host_of_this_machine) {
  const auto takes = [](const std::string& url) {
    return parse_service_account(
               R"({"type":"service_account","client_email":"a@b","private_key":"K","token_uri":")" + url +
               "\"}")
        .has_value();
  };
  EXPECT_TRUE(takes("http://127.0.0.1:8080/token"));
  EXPECT_TRUE(takes("https://oauth2.googleapis.com/token"));
  for (const char* url : {"http://127.0.0.1:x@other.example/token", "http://127.0.0.1:80@other.example/",
                          "http://localhost:/", "http://127.0.0.1.example/"}) {
    EXPECT_FALSE(takes(url)) << url;
  }
}

TEST(TabReader, tabs_of_any_name_are_found) {
  for (const char* title : {"2025", "P1", "Отчёт 1/2: it's!", "a:b", "''", "x!y"}) {
    World world;
    world.google.tabs[title] = world.google.tabs["Statuses"];
    const Result<FetchedTab> tab = world.fetch(world.request(title));
    ASSERT_TRUE(tab.has_value()) << title << ": " << tab.error().message;
    EXPECT_EQ(rows_of(*tab).at(1).at(0), "Ferry") << title;
  }
}

TEST(TabReader, a_gid_finds_a_renamed_tab_and_says_so) {
  World world;
  TabRequest request = world.request("Old name");
  request.tab_id = 7;
  const Result<FetchedTab> tab = world.fetch(request);
  ASSERT_TRUE(tab.has_value());
  ASSERT_EQ(tab->warnings.size(), 1U);
  EXPECT_TRUE(holds(tab->warnings[0], "is called \"Statuses\" now, not \"Old name\"")) << tab->warnings[0];
}

TEST(Errors, say_what_to_do) {
  World world;
  TabRequest other = world.request();
  other.spreadsheet_id = "wrong";
  EXPECT_TRUE(holds(world.error_of(other), "between /d/ and /edit"));
  EXPECT_TRUE(holds(world.error_of(world.request("Plan")), "has no tab \"Plan\"; it has \"Statuses\""));
  world.google.faults = {FakeGoogle::error(403, "PERMISSION_DENIED", "The caller does not have permission")};
  EXPECT_TRUE(holds(world.error_of(world.request()), "share it with robot@project.iam.gserviceaccount.com"));
  world.google.faults = {
      FakeGoogle::error(403, "PERMISSION_DENIED", "disabled",
                        {{{"reason", "SERVICE_DISABLED"},
                          {"metadata", {{"activationUrl", "https://console.example/enable"}}}}})};
  EXPECT_TRUE(holds(world.error_of(world.request()), "enable it at https://console.example/enable"));
}

TEST(Errors, a_tab_of_more_rows_than_there_can_be_is_not_read) {
  World world;
  world.google.tabs["Statuses"].grid_rows = std::uint64_t{1} << 60U;
  EXPECT_TRUE(holds(world.error_of(world.request()), "more rows than there can be"));
  EXPECT_EQ(world.google.requests.size(), 1U);
}

TEST(Retries, passing_failures_of_reading_are_tried_again) {
  World world;
  world.google.faults = {FakeGoogle::error(503, "UNAVAILABLE", "x"),
                         {.status = 0, .header_block = "", .body = "", .elapsed = {}},
                         FakeGoogle::error(500, "INTERNAL", "x")};
  EXPECT_TRUE(world.fetch(world.request()).has_value());
  World down;
  for (int i = 0; i < 20; ++i) down.google.faults.push_back(FakeGoogle::error(503, "UNAVAILABLE", "x"));
  EXPECT_TRUE(holds(down.error_of(down.request()), "HTTP 503"));
  EXPECT_EQ(down.google.requests.size(), static_cast<std::size_t>(SheetsClient::kAttempts))
      << "and not for ever";
}

TEST(Retries, a_quota_is_waited_for_until_its_window_is_over) {
  World world;
  const std::int64_t began =
      std::chrono::floor<std::chrono::seconds>(world.clock.wall_now()).time_since_epoch().count() - 20;
  world.google.faults = {FakeGoogle::error(
      429, "RESOURCE_EXHAUSTED", "Quota exceeded",
      {{{"reason", "RATE_LIMIT_EXCEEDED"},
        {"metadata", {{"window_start_time", std::to_string(began)}, {"quota_limit_value", "60"}}}}})};
  EXPECT_TRUE(world.fetch(world.request()).has_value());
  EXPECT_GE(world.clock.elapsed(), 40s);
  EXPECT_LE(world.clock.elapsed(), 42s);
}

TEST(A1, ranges_are_always_quoted_and_encoded_as_googles_own_client_does) {
  EXPECT_EQ(a1_range("it's", 2, 5, 0, 27), "'it''s'!A2:AB5");
  EXPECT_EQ(percent_encode("'Отчёт'!A1:B2"), "%27%D0%9E%D1%82%D1%87%D1%91%D1%82%27%21A1%3AB2");
  EXPECT_EQ(column_letters(16'383), "XFD");
}

TEST(HttpDate, is_read_in_its_one_form) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), WallTime(784'111'777'000ms));
  for (const char* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 25:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(text).has_value()) << text;
  }
}

RC_GTEST_PROP(A1, a_decoded_path_is_what_was_encoded, (const std::string& text)) {
  RC_ASSERT(percent_decode(percent_encode(text)) == text);
}

}  // namespace
}  // namespace sv::sheets
