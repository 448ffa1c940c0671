#include "cli/simulate_sheets_command.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "sim_sheets/sheets_server.hpp"
#include "tables/csv_reader.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sv::cli {

namespace {

constexpr const char* kDemoDocument = "demo";

struct SheetsArguments {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string public_key_file;
  std::string write_key_file;
  bool has_quota = false;
  std::vector<std::string> faults;
  std::string load_file;
  std::string save_file;
};

template <typename T>
T or_fatal(ExitCode code, Result<T> result) {
  if (!result) throw Fatal(code, result.error().message);
  return *std::move(result);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Fatal(ExitCode::usage, fmt::format("{} cannot be read", path));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Readable by nobody else from its first byte on.
void write_private_file(const std::string& path, const std::string& text) {
  ::unlink(path.c_str());  // an old file would keep its old permissions
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool is_written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool is_closed = file >= 0 && ::close(file) == 0;
  if (!is_written || !is_closed) throw Fatal(ExitCode::usage, fmt::format("{} cannot be written", path));
}

// As text, so that identifiers keep their zeros; a person's import would make numbers and dates of them.
void load_csv(sim_sheets::SheetsModel& model, const std::string& path) {
  tables::CsvReader reader = or_fatal(ExitCode::usage, tables::CsvReader::open(path));
  sim_sheets::Spreadsheet& document =
      model.add_spreadsheet(kDemoDocument, std::filesystem::path(path).stem().string());
  sim_sheets::Tab& tab = document.tabs.front();
  for (int row = 0; or_fatal(ExitCode::usage, reader.next()); ++row) {
    tab.row_count = std::max(tab.row_count, row + 1);
    const auto cells = reader.cells();
    tab.column_count = std::max(tab.column_count, static_cast<int>(cells.size()));
    if (!document.check_size()) {
      throw Fatal(ExitCode::usage,
                  fmt::format("{} has more cells than a Google sheet may have (10 million)", path));
    }
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (!cells[column].empty())
        tab.change_cell(row, static_cast<int>(column)).value = std::string(cells[column]);
    }
  }
}

// Without a file name for each, only the document of --load is saved: its last tab, which is the review's.
void save_csv(sim_sheets::SheetsModel& model, const std::string& path) {
  const sim_sheets::Spreadsheet* document = model.find(kDemoDocument);
  if (document == nullptr) return;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << sim_sheets::export_csv(*document, document->tabs.back());
  file.close();
  if (!file) log(LogLevel::error, "the sheet cannot be written to {}", path);
}

// With a key: tokens are checked from here on.
void open_token_desk(sim_sheets::SheetsServer& server, const SheetsArguments& arguments) {
  sim_sheets::TokenDeskOptions options{
      .public_key_pem = {}, .client_email = {}, .token_uri = server.address() + "/token"};
  if (!arguments.public_key_file.empty()) options.public_key_pem = read_file(arguments.public_key_file);
  if (!arguments.write_key_file.empty()) {
    const sim_sheets::KeyPair keys = or_fatal(ExitCode::unavailable, sim_sheets::make_key_pair());
    options.public_key_pem = keys.public_pem;
    options.client_email = sim_sheets::kDemoClientEmail;
    write_private_file(arguments.write_key_file, sim_sheets::service_account_file(keys, options.token_uri));
  }
  server.set_token_desk(or_fatal(ExitCode::usage, sim_sheets::TokenDesk::make(std::move(options))));
}

ExitCode serve(const SheetsArguments& arguments) {
  boost::asio::io_context io(1);
  sim_sheets::SheetsServerOptions options{.host = arguments.host, .port = arguments.port, .model = {}};
  options.model.has_quota = arguments.has_quota;
  for (const std::string& fault : arguments.faults) {
    const Result<void> added = options.model.faults.add(fault);
    if (!added) throw Fatal(ExitCode::usage, added.error().message);
  }
  sim_sheets::SheetsServer server(io, std::move(options));
  if (arguments.load_file.empty())
    server.model().add_spreadsheet(kDemoDocument, "Demo");
  else
    load_csv(server.model(), arguments.load_file);
  const Result<void> listening = server.listen();
  if (!listening) throw Fatal(ExitCode::unavailable, listening.error().message);
  open_token_desk(server, arguments);

  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&server](const boost::system::error_code& error, int) {
    if (!error) server.stop();
  });
  fmt::print(
      stderr,
      "SIMULATION: this is not Google. The document has the id \"{}\"; GET /_ledger shows reads and writes,\n"
      "GET /_export/{}/Sheet1.csv the sheet. Nothing is kept after the end. Ctrl-C ends it.\n",
      kDemoDocument, kDemoDocument);
  fmt::print("listening on {}\n", server.address());
  std::fflush(stdout);
  io.run();

  const sim_sheets::SheetsLedger& ledger = server.model().ledger();
  fmt::print(stderr,
             "SIMULATION ended: {} reads, {} writes, {} refused (429); at most {} writes in any minute.\n",
             ledger.reads(), ledger.writes(), ledger.refused(), ledger.most_writes_a_minute());
  if (!arguments.save_file.empty()) save_csv(server.model(), arguments.save_file);
  return ExitCode::ok;
}

}  // namespace

void add_simulate_sheets(CLI::App& simulate, std::optional<ExitCode>& result) {
  CLI::App* sheets =
      simulate.add_subcommand("sheets", "Google Sheets (API v4) with a token endpoint, in memory");
  const auto arguments = std::make_shared<SheetsArguments>();  // shared with the callback, which runs later
  sheets->add_option("--host", arguments->host, "IP address to listen on")->capture_default_str();
  sheets->add_option("--port", arguments->port, "Port; 0 takes any free one")->capture_default_str();
  CLI::Option* public_key =
      sheets
          ->add_option(
              "--public-key", arguments->public_key_file,
              "Public key (PEM) that signed requests for tokens are checked against; without it and\n"
              "--write-key signatures are not checked")
          ->check(CLI::ExistingFile)
          ->type_name("FILE");
  sheets
      ->add_option(
          "--write-key", arguments->write_key_file,
          "Write a throw-away service-account key file for this simulation (mode 0600); a file of that\n"
          "name is replaced")
      ->type_name("FILE")
      ->excludes(public_key);
  sheets->add_flag("--quota", arguments->has_quota,
                   "Refuse more than 60 reads or 60 writes a minute, as Google");
  sheets
      ->add_option(
          "--fault", arguments->faults,
          "Every N-th write goes wrong, repeatable: 429 500 503 drop-before drop-after 503-after-write")
      ->check([](const std::string& text) {
        const Result<void> added = sim_sheets::SheetsFaultPlan().add(text);
        return added ? std::string() : added.error().message;
      })
      ->type_name("NAME=N")
      ->allow_extra_args(false);
  sheets->add_option("--load", arguments->load_file, "CSV file that the document begins with, as text")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  sheets
      ->add_option("--save", arguments->save_file, "CSV file for the document's last tab, written at the end")
      ->type_name("FILE");
  sheets->callback([arguments, &result] { result = serve(*arguments); });
}

}  // namespace sv::cli
