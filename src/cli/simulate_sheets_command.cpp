#include "cli/simulate_sheets_command.hpp"

#include "base/fatal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/messages.hpp"
#include "sim_sheets/sheets_server.hpp"
#include "tables/csv_reader.hpp"
#include "workbooks/plain_workbook.hpp"
#include "workbooks/workbook.hpp"

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
void load_tab(sim_sheets::Spreadsheet& document, sim_sheets::Tab& tab, tables::CsvReader& reader,
              const std::string& path) {
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

// All tabs of a workbook, or a CSV file as `Sheet1`.
void load_document(sim_sheets::SheetsModel& model, const std::string& path) {
  sim_sheets::Spreadsheet& document =
      model.add_spreadsheet(kDemoDocument, std::filesystem::path(path).stem().string());
  if (!workbooks::is_workbook_name(path)) {
    tables::CsvReader reader = or_fatal(ExitCode::usage, tables::CsvReader::open(path));
    load_tab(document, document.tabs.front(), reader, path);
    return;
  }
  const std::string scratch = std::filesystem::temp_directory_path();
  std::vector<std::string> titles = or_fatal(ExitCode::usage, workbooks::convert_tab(path, {}, scratch)).tabs;
  const sim_sheets::Tab blank = document.tabs.front();
  document.tabs.assign(titles.size(), blank);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    sim_sheets::Tab& tab = document.tabs[i];
    tab.sheet_id = static_cast<std::int64_t>(i);
    tab.title = titles[i];
    const workbooks::ConvertedTab converted =
        or_fatal(ExitCode::usage, workbooks::convert_tab(path, titles[i], scratch));
    tables::CsvReader reader =
        or_fatal(ExitCode::usage, tables::CsvReader::open(workbooks::path_of(converted.file), path));
    load_tab(document, tab, reader, path);
  }
}

Result<void> write_workbook(const sim_sheets::Spreadsheet& document, const std::string& path) {
  Result<workbooks::PlainWorkbook> workbook =
      workbooks::PlainWorkbook::create(path, std::filesystem::temp_directory_path());
  if (!workbook) return std::unexpected(workbook.error());
  for (const sim_sheets::Tab& tab : document.tabs) {
    const Result<void> begun = workbook->begin_tab(tab.title);
    if (!begun) return begun;
    for (int row = 0; row < tab.touched_rows(); ++row) {
      for (int column = 0; column < tab.column_count; ++column) {
        const sim_sheets::Cell& cell = tab.cell(row, column);
        const auto at = static_cast<std::size_t>(column);
        const sim_sheets::Value value = sim_sheets::effective_value(cell.value);
        if (const double* number = std::get_if<double>(&value)) {
          workbook->write_number(static_cast<std::uint64_t>(row), at, *number);
        } else if (const std::string* text = std::get_if<std::string>(&value)) {
          workbook->write_text(static_cast<std::uint64_t>(row), at, *text, sim_sheets::link_of(cell));
        } else if (const bool* is_true = std::get_if<bool>(&value)) {
          workbook->write_text(static_cast<std::uint64_t>(row), at, *is_true ? "TRUE" : "FALSE", {});
        }
      }
    }
  }
  return workbook->close();
}

// Only the document of --load is saved: as a workbook whole, as CSV its last tab, which is the review's.
void save_document(sim_sheets::SheetsModel& model, const std::string& path) {
  const sim_sheets::Spreadsheet* document = model.find(kDemoDocument);
  if (document == nullptr) return;
  if (workbooks::is_workbook_name(path)) {
    const Result<void> written = write_workbook(*document, path);
    if (!written) log(LogLevel::error, "{}", written.error().message);
    return;
  }
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
  if (workbooks::is_workbook_name(arguments.save_file) &&
      !fold_case(arguments.save_file).ends_with(".xlsx")) {
    throw Fatal(ExitCode::usage, "--save: of workbooks only .xlsx can be written");
  }
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
    load_document(server.model(), arguments.load_file);
  const Result<void> listening = server.listen();
  if (!listening) throw Fatal(ExitCode::unavailable, listening.error().message);
  open_token_desk(server, arguments);

  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&server](const boost::system::error_code& error, int) {
    if (!error) server.stop();
  });
  fmt::print(stderr, "{}",
             say(fmt::format(
                 "SIMULATION: this is not Google. The document has the id \"{}\"; GET /_ledger shows reads "
                 "and writes,\n"
                 "GET /_export/{}/Sheet1.csv the sheet. Nothing is kept after the end. Ctrl-C ends it.\n",
                 kDemoDocument, kDemoDocument)));
  fmt::print("listening on {}\n", server.address());
  std::fflush(stdout);
  io.run();

  const sim_sheets::SheetsLedger& ledger = server.model().ledger();
  fmt::print(
      stderr, "{}",
      say(fmt::format(
          "SIMULATION ended: {} reads, {} writes, {} refused (429); at most {} writes in any minute.\n",
          ledger.reads(), ledger.writes(), ledger.refused(), ledger.most_writes_a_minute())));
  if (!arguments.save_file.empty()) save_document(server.model(), arguments.save_file);
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
  sheets
      ->add_option("--load", arguments->load_file,
                   "CSV file or workbook (.xlsx, .ods) that the document begins with, as text")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  sheets
      ->add_option("--save", arguments->save_file,
                   "Written at the end: a workbook (.xlsx) of all tabs, or a CSV file of the last one")
      ->type_name("FILE");
  sheets->callback([arguments, &result] { result = serve(*arguments); });
}

}  // namespace sv::cli
