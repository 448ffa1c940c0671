// Google Sheets as source and target of the real program, against `simulate sheets`.
#include "e2e/program.hpp"
#include "e2e/report_page.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sv::e2e {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

std::string example(const std::string& name) {
  std::ifstream file(std::string(SV_SOURCE_DIR) + "/examples/ru/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Sheets : public testing::Test {
 protected:
  Sheets() {
    directory_.write("statuses.csv", example("statuses.csv"));
    directory_.write("rules.md", example("rules.md"));
  }

  // A spreadsheet "demo" whose Sheet1 has the example's rows.
  void open_spreadsheet(Words options = {}) {
    options.insert(options.end(), {"--load", directory_.file("statuses.csv"), "--write-key",
                                   directory_.file("key.json"), "--quota"});
    google_.emplace(options, "sheets");
  }

  void write_settings(const std::string& target_tab, const std::string& more = {}) {
    directory_.write(
        "config.yaml",
        fmt::format("sheets:\n  credentials_file: key.json\n  source_spreadsheet_id: demo\n"
                    "  source_sheet_name: Sheet1\n  target_spreadsheet_id: demo\n"
                    "  target_sheet_name: {}\n  rules_sheet_name: Правила\n  api_base_url: {}\n{}"
                    "rules_file: rules.md\nllm:\n  base_url: {}\n  model: m\n  api_key: k\n",
                    target_tab, google_->base_url(), more, provider_.base_url()));
  }

  Finished review(const Words& more = {}) const {
    Words words{"run", "--config", "config.yaml"};
    words.insert(words.end(), more.begin(), more.end());
    return run(directory_, words);
  }

  std::vector<std::vector<std::string>> exported(const std::string& tab) const {
    auto rows = read_csv(google_->request("GET", "/_export/demo/" + tab + ".csv"));
    for (auto& row : rows) {
      while (!row.empty() && row.back().empty()) row.pop_back();
    }
    while (!rows.empty() && rows.back().empty()) rows.pop_back();
    return rows;
  }

  Directory directory_;
  Simulator provider_;
  std::optional<Simulator> google_;
};

TEST_F(Sheets, a_tab_is_reviewed_into_another_one_and_again_without_a_request) {
  open_spreadsheet();
  write_settings("Review");
  const Finished first = review();
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out + first.err, HasSubstr("Review written to the tab \"Review\""));
  const auto rows = exported("Review");
  ASSERT_GT(rows.size(), 30U);
  const std::uint64_t asked = provider_.ledger("requests");
  const Finished second = review();
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(provider_.ledger("requests"), asked);
  EXPECT_EQ(exported("Review"), rows);
  EXPECT_EQ(google_->ledger("refused_429"), 0U);

  // Into a file it is the same review.
  const Finished file = review({"--output", "review.csv"});
  ASSERT_EQ(file.exit_code, 0) << file.err;
  const auto in_file = read_csv(directory_.read("review.csv"));
  ASSERT_EQ(in_file.size(), rows.size());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i][0], in_file[i][0]);
    EXPECT_EQ(rows[i][1], in_file[i][1]);
  }
}

TEST_F(Sheets, a_file_goes_into_a_tab_of_an_awkward_name) {
  open_spreadsheet();
  write_settings("\"Отчёт 1/2: it's!\"");
  const Finished finished = review({"statuses.csv"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_GT(exported("%D0%9E%D1%82%D1%87%D1%91%D1%82%201%2F2%3A%20it%27s%21").size(), 30U);
}

TEST_F(Sheets, lost_replies_do_no_harm) {
  open_spreadsheet({"--fault", "drop-after=2", "--fault", "429=5"});
  write_settings("Review");
  const Finished finished = review();
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto rows = exported("Review");
  google_.reset();
  open_spreadsheet();
  write_settings("Review");
  ASSERT_EQ(review().exit_code, 0);
  EXPECT_EQ(exported("Review"), rows);
}

TEST_F(Sheets, rules_go_to_their_tab) {
  open_spreadsheet();
  write_settings("Review");
  const Finished finished = review({"--rules", "--limit", "1"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("rulebook written to the tab \"Правила\""));
  const auto lines = exported("%D0%9F%D1%80%D0%B0%D0%B2%D0%B8%D0%BB%D0%B0");
  std::istringstream rules(directory_.read("rules.md"));
  std::string line;
  for (const auto& row : lines) {
    ASSERT_TRUE(std::getline(rules, line));
    EXPECT_EQ(row.empty() ? "" : row[0], line);
  }
}

TEST_F(Sheets, what_is_wrong_is_told_before_anything_is_paid) {
  open_spreadsheet();
  write_settings("Sheet1");
  const Finished source = review();
  EXPECT_EQ(source.exit_code, 65);
  EXPECT_THAT(source.err, HasSubstr("the tab \"Sheet1\" is the source itself"));
  write_settings("Review\n  target_spreadsheet_id2: x");
  EXPECT_EQ(review().exit_code, 78);
  directory_.write("config.yaml",
                   "sheets:\n  credentials_file: key.json\n  source_spreadsheet_id: demo\n"
                   "  source_sheet_name: Sheet1\n  target_spreadsheet_id: wrong\n"
                   "  target_sheet_name: Review\n  api_base_url: " +
                       google_->base_url() + "\nrules_file: rules.md\nllm:\n  base_url: " +
                       provider_.base_url() + "\n  model: m\n  api_key: k\n");
  const Finished wrong = review();
  EXPECT_EQ(wrong.exit_code, 66);
  EXPECT_THAT(wrong.err, HasSubstr("there is no spreadsheet wrong"));
  EXPECT_EQ(provider_.ledger("requests"), 0U);
}

// A network that asks for a password first answers everything with its own page.
class LoginPage {
 public:
  LoginPage() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listening_, plain, size), 0);
    EXPECT_EQ(::listen(listening_, 16), 0);
    EXPECT_EQ(::getsockname(listening_, plain, &size), 0);
    base_url_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  LoginPage(const LoginPage&) = delete;
  LoginPage& operator=(const LoginPage&) = delete;
  ~LoginPage() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  const std::string& base_url() const { return base_url_; }

 private:
  void serve() const {
    for (int client = 0; (client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      std::string request;
      char bytes[4096];
      while (!request.contains("\r\n\r\n")) {
        const ssize_t count = ::read(client, bytes, sizeof bytes);
        if (count <= 0) break;
        request.append(bytes, static_cast<std::size_t>(count));
      }
      const std::string reply =
          "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 19\r\nConnection: close\r\n\r\n"
          "<html>Log in</html>";
      EXPECT_EQ(::send(client, reply.data(), reply.size(), MSG_NOSIGNAL), std::ssize(reply));
      ::close(client);
    }
  }

  int listening_;
  std::string base_url_;
  std::thread thread_;
};

TEST_F(Sheets, an_answer_that_is_not_googles_is_76) {
  open_spreadsheet();
  const LoginPage page;
  write_settings("Review");
  std::string settings = directory_.read("config.yaml");
  settings.replace(settings.find(google_->base_url()), google_->base_url().size(), page.base_url());
  directory_.write("config.yaml", settings);
  const Finished finished = review();
  EXPECT_EQ(finished.exit_code, 76) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("something that is not JSON"));
  EXPECT_EQ(provider_.ledger("requests"), 0U);
}

TEST_F(Sheets, the_spreadsheet_is_saved_as_a_workbook_and_loaded_again) {
  open_spreadsheet({"--save", directory_.file("saved.xlsx")});
  write_settings("\"Отчёт: 1\"");
  ASSERT_EQ(review({"--rules"}).exit_code, 0);
  const auto rows = exported("%D0%9E%D1%82%D1%87%D1%91%D1%82%3A%201");
  const auto source = exported("Sheet1");
  ASSERT_GT(rows.size(), 30U);
  EXPECT_EQ(google_->stop(), 0);
  google_.reset();
  ASSERT_TRUE(directory_.has("saved.xlsx"));
  google_.emplace(Words{"--load", directory_.file("saved.xlsx")}, "sheets");
  EXPECT_EQ(exported("Sheet1"), source);
  EXPECT_EQ(exported("%D0%9E%D1%82%D1%87%D1%91%D1%82_%201"), rows) << "Excel takes no colon in a tab's name";
}

TEST_F(Sheets, the_report_links_to_the_rows_of_the_sheet) {
  open_spreadsheet();
  write_settings("Review");
  const Finished first = review({"--report", "run.html"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const ReportPage then = read_report(directory_.read("run.html"));
  EXPECT_THAT(std::string(then.run.at("run").at("row_link").as_string()),
              testing::StartsWith("https://docs.google.com/spreadsheets/d/demo/"));
  ASSERT_GT(then.rows.size(), 30U);
  // Later too: the tab is read again.
  ASSERT_EQ(run(directory_, {"report", "--config", "config.yaml", "--output", "later.html"}).exit_code, 0);
  const ReportPage later = read_report(directory_.read("later.html"));
  EXPECT_EQ(later.rows, then.rows);
  EXPECT_EQ(later.run.at("run").at("row_link"), then.run.at("run").at("row_link"));
}

}  // namespace
}  // namespace sv::e2e
