#include "sim_sheets/sheets_server.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "sim_sheets/request_target.hpp"
#include "sim_sheets/spreadsheet_view.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace sv::sim_sheets {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMostBodyBytes = std::uint64_t{16} << 20U;  // Google took 9.0 MB
constexpr std::uint32_t kMostHeadBytes = 64U << 10U;                // batchGet names its ranges in the URL
constexpr std::size_t kMostConnections = 1'000;
constexpr auto kLongestSilence = 10min;

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

std::string_view as_std(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

class SheetsServer::Core : public std::enable_shared_from_this<SheetsServer::Core> {
 public:
  Core(asio::io_context& io, SheetsServerOptions options)
      : io_(io), options_(std::move(options)), model_(options_.model), acceptor_(io) {}

  Result<void> listen();
  void stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    is_stopped_ = true;
    for (beast::tcp_stream* stream : streams_) stream->cancel();
  }
  std::string address() const {
    const bool is_v6 = options_.host.contains(':');
    return fmt::format("http://{}{}{}:{}", is_v6 ? "[" : "", options_.host, is_v6 ? "]" : "", port_);
  }
  SheetsModel& model() { return model_; }
  void set_desk(TokenDesk desk) {
    desk_.emplace(std::move(desk));
    model_.require_token([this](std::string_view token, WallTime now) { return desk_->accepts(token, now); });
  }

 private:
  static asio::awaitable<void> accept(std::shared_ptr<Core> core);
  static asio::awaitable<void> serve(std::shared_ptr<Core> core, tcp::socket socket);
  SheetsReply answer(const Request& request, std::string& content_type);

  asio::io_context& io_;
  SheetsServerOptions options_;
  SheetsModel model_;
  SystemClock clock_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  bool is_stopped_ = false;
  std::optional<TokenDesk> desk_;
  std::vector<beast::tcp_stream*> streams_;
};

Result<void> SheetsServer::Core::listen() {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options_.host, error);
  if (error)
    return fail(ErrorKind::invalid_input,
                fmt::format("`{}` is not an IP address to listen on", options_.host));
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(ErrorKind::io,
                fmt::format("cannot listen on {}:{}: {}", options_.host, options_.port, error.message()));
  }
  port_ = acceptor_.local_endpoint().port();
  asio::co_spawn(io_, accept(shared_from_this()), [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  });
  return {};
}

asio::awaitable<void> SheetsServer::Core::accept(std::shared_ptr<Core> core) {
  while (!core->is_stopped_) {
    boost::system::error_code error;
    tcp::socket socket(core->io_);
    co_await core->acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (core->is_stopped_) co_return;
    if (error == asio::error::no_descriptors) {
      co_await core->clock_.sleep_until(core->clock_.now() + 100ms);
      continue;
    }
    if (error || core->streams_.size() >= kMostConnections) continue;  // closes it
    asio::co_spawn(core->io_, serve(core, std::move(socket)), [](const std::exception_ptr& failure) {
      if (failure) log(LogLevel::error, "a connection to the simulated Google Sheets ended by an exception");
    });
  }
}

asio::awaitable<void> SheetsServer::Core::serve(std::shared_ptr<Core> core, tcp::socket socket) {
  beast::tcp_stream stream(std::move(socket));
  core->streams_.push_back(&stream);
  boost::system::error_code error;
  stream.socket().set_option(tcp::no_delay(true), error);
  beast::flat_buffer buffer;
  while (!core->is_stopped_) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMostBodyBytes);
    parser.header_limit(kMostHeadBytes);
    stream.expires_after(kLongestSilence);
    co_await http::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
    const bool is_too_long = error == http::error::body_limit || error == http::error::header_limit;
    if (error && !is_too_long) break;
    const Request& request = parser.get();
    std::string content_type = "application/json; charset=UTF-8";
    SheetsReply reply{.status = 413, .body = "<html>Request Entity Too Large</html>\n"};
    if (is_too_long)
      content_type = "text/html; charset=UTF-8";
    else
      reply = core->answer(request, content_type);
    if (reply.is_dropped) break;
    Response response(static_cast<http::status>(reply.status), 11);
    response.set(http::field::content_type, content_type);
    response.set(http::field::vary, "Origin, X-Origin, Referer");
    response.set(http::field::cache_control, "private");
    response.set(http::field::server, "ESF");
    response.set("x-simulation", "true");
    // Clients with a wrong clock learn the time from it, as from Google.
    response.set(http::field::date,
                 fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                             std::chrono::floor<std::chrono::seconds>(core->clock_.wall_now())));
    response.keep_alive(!is_too_long && request.keep_alive());
    response.body() = std::move(reply.body);
    response.prepare_payload();
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !response.keep_alive()) break;
  }
  std::erase(core->streams_, &stream);
}

SheetsReply SheetsServer::Core::answer(const Request& request, std::string& content_type) {
  const std::string_view target = as_std(request.target());
  const std::string_view path = target.substr(0, target.find('?'));
  const bool is_get = request.method() == http::verb::get;
  const WallTime now = clock_.wall_now();
  if (path == "/token" && request.method() == http::verb::post && desk_)
    return desk_->answer(request.body(), now);
  if (path == "/_ledger" && is_get) return {.status = 200, .body = pretty_json(model_.ledger().to_json())};
  constexpr std::string_view kExport = "/_export/";
  constexpr std::string_view kCsv = ".csv";
  if (is_get && path.starts_with(kExport) && path.ends_with(kCsv)) {
    const std::string_view rest = path.substr(kExport.size(), path.size() - kExport.size() - kCsv.size());
    const std::size_t slash = rest.find('/');
    const Spreadsheet* sheet = model_.find(percent_decode(rest.substr(0, slash), false));
    const std::string title =
        slash == std::string_view::npos ? std::string() : percent_decode(rest.substr(slash + 1), false);
    const Tab* tab = sheet != nullptr ? sheet->find_tab(std::string_view(title)) : nullptr;
    content_type = "text/csv; charset=UTF-8";
    if (tab == nullptr) return {.status = 404, .body = "no such document or tab\n"};
    return {.status = 200, .body = export_csv(*sheet, *tab)};
  }
  return model_.answer({.method = as_std(request.method_string()),
                        .target = target,
                        .body = request.body(),
                        .authorization = as_std(request[http::field::authorization]),
                        .fault = as_std(request["x-emu-fault"])},
                       now);
}

SheetsServer::SheetsServer(asio::io_context& io, SheetsServerOptions options)
    : core_(std::make_shared<Core>(io, std::move(options))) {}
SheetsServer::~SheetsServer() { stop(); }

Result<void> SheetsServer::listen() { return core_->listen(); }
std::string SheetsServer::address() const { return core_->address(); }
void SheetsServer::set_token_desk(TokenDesk desk) { core_->set_desk(std::move(desk)); }
void SheetsServer::stop() { core_->stop(); }
SheetsModel& SheetsServer::model() { return core_->model(); }

std::string export_csv(const Spreadsheet& sheet, const Tab& tab) {
  std::string csv;
  for (int row = 0; row < tab.rows_in_use(); ++row) {
    const auto width = static_cast<int>(tab.row(row).cells.size());
    for (int column = 0; column < width; ++column) {
      if (column > 0) csv += ',';
      const boost::json::value shown =
          render(tab.cell(row, column), ValueRender::formatted, DateRender::serial, sheet.locale);
      const std::string_view text = shown.get_string();
      const bool is_quoted = text.find_first_of(",\"\r\n") != std::string_view::npos;
      if (is_quoted) csv += '"';
      for (const char c : text) {
        if (c == '"') csv += '"';
        csv += c;
      }
      if (is_quoted) csv += '"';
    }
    csv += "\r\n";
  }
  return csv;
}

}  // namespace sv::sim_sheets
