// A run whose target is a simulated Google spreadsheet, in virtual time: engine, client and sink of the
// program on one side, the simulator's model on the other.
#pragma once

#include "engine/world.hpp"
#include "sheets/access_token.hpp"
#include "sheets/fake_google.hpp"
#include "sheets/service_account.hpp"
#include "sheets/sheets_client.hpp"
#include "sheets/sheets_sink.hpp"
#include "sim_sheets/sheets_model.hpp"
#include "sim_sheets/sheets_transport.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sv::scenario {

inline constexpr const char* kLink = "https://docs.google.com/spreadsheets/d/doc/edit#gid=0&range=A";

inline std::string name_of(std::size_t i) { return fmt::format("Project {}", i); }

inline std::vector<domain::Row> projects(std::size_t count, std::uint64_t first_number = 2) {
  std::vector<domain::Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(engine::fakes::make_row(
        i, fmt::format("{}comment of {}", i % 3 == 0 ? "bad " : "", name_of(i)), name_of(i)));
    rows.back().number = first_number + i;
  }
  return rows;
}

struct SheetsWorld : engine::World {
  sim_sheets::SheetsModel model;
  sim_sheets::SheetsTransport transport{"https://sheets.googleapis.com", model, clock};
  sheets::ServiceAccount account = sheets::test_account();
  Random random{1};
  sheets::CallQuota quota{clock};
  sheets::AccessToken token{account, sheets::Access::write, transport, clock};
  sheets::SheetsClient client{
      std::string(sheets::kGoogleSheets), token, account.client_email, transport, quota, clock, random};
  std::unique_ptr<sheets::SheetsSink> sink;
  std::string tab = "Review";
  std::string source_name;
  std::string row_link = kLink;
  std::size_t enough_rows = 10;

  explicit SheetsWorld(std::vector<domain::Row> rows, sim_sheets::SheetsOptions options = {},
                       bool has_identifiers = true)
      : World(std::move(rows), has_identifiers), model(std::move(options)) {
    model.add_spreadsheet("doc", "Plans");
    transport.answer_aside([](const ports::HttpRequest& request, WallTime) {
      if (!request.endpoint->url.ends_with("/token")) return std::optional<sim_sheets::SheetsReply>();
      return std::optional(sim_sheets::SheetsReply{
          .status = 200, .body = R"({"access_token":"t","expires_in":3599,"token_type":"Bearer"})"});
    });
  }

  template <typename T>
  Result<T> wait_for(boost::asio::awaitable<Result<T>> task) {
    std::optional<Result<T>> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        io, [&]() -> boost::asio::awaitable<void> { result.emplace(co_await std::move(task)); },
        [&](std::exception_ptr error) { failure = std::move(error); });
    support::run_until_idle(io, clock);
    if (failure) std::rethrow_exception(failure);
    if (!result) throw std::runtime_error("it hangs");
    return std::move(*result);
  }

  sheets::TargetRequest request() const {
    return {.spreadsheet_id = "doc",
            .tab = tab,
            .columns = source.columns(),
            .row_link = row_link,
            .source_name = source_name,
            .source_spreadsheet_id = {},
            .source_tab_id = {},
            .scratch_directory = std::filesystem::temp_directory_path()};
  }

  // Opens the target as the program does; the error when it will not.
  std::optional<Error> open() {
    Result<sheets::TargetTab> target = wait_for(sheets::read_target(client, request()));
    if (!target) return target.error();
    sink = *sheets::SheetsSink::open(client, random, request(), std::move(*target), enough_rows);
    return std::nullopt;
  }

  engine::RunResult play(std::size_t workers = 5,
                         std::optional<boost::asio::awaitable<void>> meanwhile = std::nullopt) {
    const std::optional<Error> error = open();
    EXPECT_FALSE(error.has_value()) << error->message;
    if (error) return {};
    return run_into(*sink, {.workers = workers}, std::move(meanwhile));
  }

  sim_sheets::Spreadsheet& document() { return *model.find("doc"); }
  sim_sheets::Tab& target_tab() {
    sim_sheets::Tab* found = document().find_tab(tab);
    if (found == nullptr) throw std::runtime_error("there is no target tab");
    return *found;
  }
};

inline std::string text_at(const sim_sheets::Tab& tab, int row, int column) {
  const sim_sheets::Value& value = tab.cell(row, column).value;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  if (const auto* formula = std::get_if<sim_sheets::Formula>(&value)) return formula->text;
  return {};
}

// All cells with their links, row by row; blank rows at the end are left out.
inline std::vector<std::vector<std::string>> cells_of(const sim_sheets::Tab& tab, int columns = 14) {
  std::vector<std::vector<std::string>> rows;
  for (int row = 0; row < tab.touched_rows(); ++row) {
    std::vector<std::string> cells;
    for (int column = 0; column < columns; ++column) {
      const std::string link = sim_sheets::link_of(tab.cell(row, column));
      cells.push_back(text_at(tab, row, column) + (link.empty() ? "" : " -> " + link));
    }
    rows.push_back(std::move(cells));
  }
  const auto is_blank_row = [](const std::vector<std::string>& cells) {
    return std::ranges::all_of(cells, &std::string::empty);
  };
  while (!rows.empty() && is_blank_row(rows.back())) rows.pop_back();
  return rows;
}

}  // namespace sv::scenario
