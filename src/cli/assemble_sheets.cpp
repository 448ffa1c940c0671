#include "cli/assemble_sheets.hpp"

#include "base/fatal.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "cli/exit_codes.hpp"
#include "cli/take_or_throw.hpp"
#include "cli/wait_for.hpp"
#include "http/curl_transport.hpp"
#include "sheets/access_token.hpp"
#include "sheets/rules_tab.hpp"
#include "sheets/service_account.hpp"
#include "sheets/sheets_client.hpp"
#include "sheets/sheets_sink.hpp"
#include "sheets/tab_lease.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>

namespace sv::cli {

namespace {

// Signed in with one service account, on one event loop.
class Session {
 public:
  Session(const config::SheetsSettings& settings, sheets::Access access, sheets::CallQuota& quota,
          Clock& clock, const boost::asio::any_io_executor& executor)
      : account_(take_or_throw(sheets::read_service_account(settings.credentials_file), sheets_exit_code)),
        random_(random_seed()),
        transport_(executor, clock, options()),
        token_(account_, access, transport_, clock),
        client_(settings.api_base_url, token_, account_.client_email, transport_, quota, clock, random_) {}

  sheets::SheetsClient& client() { return client_; }
  Random& random() { return random_; }
  const std::vector<std::string>& warnings() const { return token_.warnings(); }

 private:
  static http::TransportOptions options() {
    http::TransportOptions options;
    options.max_in_flight = 1;
    return options;
  }

  sheets::ServiceAccount account_;
  Random random_;
  http::CurlTransport transport_;
  sheets::AccessToken token_;
  sheets::SheetsClient client_;
};

// The lock of the run's journal keeps the processes of one answer cache apart, so they are one holder: a run
// that was killed is gone on with at once.
sheets::LeaseHolder lease_holder(const SheetsTargetRequest& request) {
  std::array<char, 256> host{};
  static_cast<void>(::gethostname(host.data(), host.size() - 1));
  std::string machine;
  std::ifstream machine_id("/etc/machine-id");  // empty where there is none
  std::getline(machine_id, machine);
  std::error_code ignored;
  const std::string cache = std::filesystem::absolute(request.settings.cache_path, ignored).string();
  const Sha256Digest id = FieldHasher().add(machine).add(host.data()).add(cache).finish();
  const auto now = std::chrono::system_clock::to_time_t(
      std::chrono::floor<std::chrono::seconds>(request.clock.wall_now()));
  return {.id = to_hex(std::span(id).first<16>()),
          .words = fmt::format("process {} on {} since {:%Y-%m-%d %H:%M:%S} UTC", ::getpid(), host.data(),
                               fmt::gmtime(now))};
}

class SignedInTarget final : public SheetsTarget {
 public:
  SignedInTarget(const SheetsTargetRequest& request, const sheets::TargetRequest& target,
                 sheets::TargetTab tab)
      : session_(*request.settings.sheets, sheets::Access::write, request.quota, request.clock,
                 request.executor),
        sink_(take_or_throw(
            sheets::SheetsSink::open(
                session_.client(), session_.random(), target, std::move(tab), request.settings.batch_size,
                std::make_unique<sheets::TabLease>(session_.client(), request.clock, target.spreadsheet_id,
                                                   target.tab, lease_holder(request))),
            sheets_exit_code)) {}

  ports::OutcomeSink& outcomes() override { return *sink_; }
  std::vector<std::string> warnings() const override {
    std::vector<std::string> all = session_.warnings();
    const std::vector<std::string> more = sink_->warnings();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

 private:
  Session session_;
  std::unique_ptr<sheets::SheetsSink> sink_;
};

}  // namespace

sheets::FetchedTab fetch_source_tab(const config::Settings& settings, sheets::CallQuota& quota,
                                    Clock& clock) {
  const config::SheetsSettings& from = *settings.sheets;
  boost::asio::io_context io(1);
  Session session(from, sheets::Access::read, quota, clock, io.get_executor());
  const sheets::TabRequest request{.spreadsheet_id = from.source_spreadsheet_id,
                                   .tab = from.source_sheet_name,
                                   .tab_id = from.source_sheet_gid,
                                   .header_row = settings.header_row,
                                   .day_column = settings.columns.completion_date,
                                   .guesses_days = settings.columns.are_guessed,
                                   .directory = std::filesystem::temp_directory_path()};
  sheets::FetchedTab tab =
      take_or_throw(wait_for(io, sheets::fetch_tab(session.client(), request)), sheets_exit_code);
  tab.warnings.insert(tab.warnings.end(), session.warnings().begin(), session.warnings().end());
  return tab;
}

std::unique_ptr<SheetsTarget> open_sheets_target(const SheetsTargetRequest& request) {
  const config::SheetsSettings& to = *request.settings.sheets;
  const sheets::TargetRequest target{.spreadsheet_id = to.target_spreadsheet_id,
                                     .tab = to.target_sheet_name,
                                     .columns = request.columns,
                                     .row_link = request.row_link,
                                     .source_name = request.source_name,
                                     .source_spreadsheet_id = to.source_spreadsheet_id,
                                     .source_tab_id = request.source_tab_id,
                                     .scratch_directory = std::filesystem::temp_directory_path()};
  boost::asio::io_context io(1);
  Session session(to, sheets::Access::write, request.quota, request.clock, io.get_executor());
  // Before the tab is read: what is there then is what the last run left.
  sheets::TabLease lease(session.client(), request.clock, target.spreadsheet_id, target.tab,
                         lease_holder(request));
  const Result<void> taken = wait_for(io, lease.take());
  if (!taken) throw Fatal(sheets_exit_code(taken.error().kind), taken.error().message);
  sheets::TargetTab tab =
      take_or_throw(wait_for(io, sheets::read_target(session.client(), target)), sheets_exit_code);
  return std::make_unique<SignedInTarget>(request, target, std::move(tab));
}

void write_rules_tab(const config::SheetsSettings& to, std::vector<std::string> lines, Clock& clock) {
  boost::asio::io_context io(1);
  sheets::CallQuota quota(clock);
  Session session(to, sheets::Access::write, quota, clock, io.get_executor());
  const Result<void> written =
      wait_for(io, sheets::write_rules(session.client(), session.random(), to.target_spreadsheet_id,
                                       to.rules_sheet_name, std::move(lines)));
  if (!written) throw Fatal(sheets_exit_code(written.error().kind), written.error().message);
}

}  // namespace sv::cli
