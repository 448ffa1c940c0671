#include "cli/assemble_sheets.hpp"

#include "base/fatal.hpp"
#include "base/random.hpp"
#include "cli/exit_codes.hpp"
#include "cli/take_or_throw.hpp"
#include "http/curl_transport.hpp"
#include "sheets/access_token.hpp"
#include "sheets/service_account.hpp"
#include "sheets/sheets_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <filesystem>
#include <optional>
#include <utility>

namespace sv::cli {

namespace {

ExitCode sheets_exit_code(ErrorKind kind) {
  if (kind == ErrorKind::unauthorized) return ExitCode::no_permission;
  if (kind == ErrorKind::rate_limited) return ExitCode::try_again;
  if (kind == ErrorKind::connect || kind == ErrorKind::timeout || kind == ErrorKind::server_error ||
      kind == ErrorKind::tls) {
    return ExitCode::unavailable;
  }
  if (kind == ErrorKind::protocol || kind == ErrorKind::oversized) return ExitCode::protocol;
  return source_exit_code(kind);
}

}  // namespace

sheets::FetchedTab fetch_source_tab(const config::Settings& settings, Clock& clock) {
  const config::SheetsSettings& from = *settings.sheets;
  const sheets::ServiceAccount account =
      take_or_throw(sheets::read_service_account(from.credentials_file), sheets_exit_code);
  // An event loop of its own: the run's has not begun.
  boost::asio::io_context io(1);
  http::TransportOptions options;
  options.max_in_flight = 1;
  http::CurlTransport transport(io.get_executor(), clock, options);
  Random random(random_seed());
  sheets::AccessToken token(account, sheets::Access::read, transport, clock);
  sheets::SheetsClient client(from.api_base_url, token, account.client_email, transport, clock, random);
  const sheets::TabRequest request{.spreadsheet_id = from.source_spreadsheet_id,
                                   .tab = from.source_sheet_name,
                                   .tab_id = from.source_sheet_gid,
                                   .header_row = settings.header_row,
                                   .day_column = settings.columns.completion_date,
                                   .guesses_days = settings.columns.are_guessed,
                                   .directory = std::filesystem::temp_directory_path()};
  std::optional<Result<sheets::FetchedTab>> fetched;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, sheets::fetch_tab(client, request),
                        [&](std::exception_ptr error, Result<sheets::FetchedTab> tab) {
                          failure = std::move(error);
                          fetched = std::move(tab);
                        });
  io.run();
  if (failure) std::rethrow_exception(failure);
  sheets::FetchedTab tab = take_or_throw(std::move(*fetched), sheets_exit_code);
  tab.warnings.insert(tab.warnings.end(), token.warnings().begin(), token.warnings().end());
  return tab;
}

}  // namespace sv::cli
