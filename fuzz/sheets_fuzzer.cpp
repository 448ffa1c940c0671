// Any bytes are Google's reply: no crash in reading a source or a target, and rows keep their bounds.
#include "base/random.hpp"
#include "sheets/access_token.hpp"
#include "sheets/sheets_client.hpp"
#include "sheets/tab_reader.hpp"
#include "sheets/target_tab.hpp"
#include "sim/virtual_clock.hpp"
#include "tests/sheets/fake_google.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

// The first line of the input answers the first call, the second the next; the last one all that follow.
class AnyReply final : public sv::ports::HttpTransport {
 public:
  explicit AnyReply(std::string_view input) : rest_(input) {}

  boost::asio::awaitable<sv::Result<sv::ports::HttpResponse>> send(sv::ports::HttpRequest request) override {
    sv::ports::HttpResponse response;
    response.status = 200;
    if (request.endpoint->url.ends_with("/token")) {
      response.body = R"({"access_token":"t","expires_in":3599})";
      co_return response;
    }
    const std::size_t end = rest_.find('\n');
    response.body = std::string(rest_.substr(0, end));
    if (end != std::string_view::npos) rest_.remove_prefix(end + 1);
    co_return response;
  }

 private:
  std::string_view rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sv::sheets;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static const ServiceAccount account = test_account();
  for (const bool is_target : {false, true}) {
    boost::asio::io_context io(1);
    sv::sim::VirtualClock clock;
    AnyReply transport(input);
    sv::Random random(1);
    CallQuota quota(clock);
    AccessToken token(account, Access::write, transport, clock);
    SheetsClient client(std::string(kGoogleSheets), token, account.client_email, transport, quota, clock,
                        random);
    const auto task = [&]() -> boost::asio::awaitable<void> {
      if (is_target) {
        TargetRequest request;
        request.spreadsheet_id = "x";
        request.tab = "Review";
        request.columns.identifier = true;
        request.row_link = "https://docs.google.com/spreadsheets/d/x/edit#gid=0&range=A";
        request.scratch_directory = "/tmp";
        static_cast<void>(co_await read_target(client, request));
      } else {
        TabRequest request;
        request.spreadsheet_id = "x";
        request.tab = "Review";
        request.guesses_days = true;
        request.directory = "/tmp";
        static_cast<void>(co_await fetch_tab(client, request));
      }
    };
    boost::asio::co_spawn(io, task(), [](std::exception_ptr) {});
    sv::sim::run_until_idle(io, clock);
  }
  return 0;
}
