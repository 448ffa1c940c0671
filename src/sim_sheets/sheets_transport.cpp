#include "sim_sheets/sheets_transport.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sv::sim_sheets {

namespace {

// `name` in lower case, with its colon.
std::string_view header_of(const ports::HttpEndpoint& endpoint, std::string_view name) {
  for (const std::string_view line : endpoint.headers) {
    const auto is_same = [](char a, char b) { return lower_ascii(a) == b; };
    if (line.size() < name.size() || !std::ranges::equal(line.substr(0, name.size()), name, is_same))
      continue;
    const std::size_t begin = line.find_first_not_of(' ', name.size());
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
  }
  return {};
}

std::unexpected<Error> ended_early(const ports::HttpRequest& request, TimePoint now) {
  if (request.deadline.has_passed(now)) {
    return fail(ErrorKind::timeout, "the simulated Google Sheets did not answer in time");
  }
  return fail(ErrorKind::cancelled, "the answer is not needed any more");
}

}  // namespace

SheetsTransport::SheetsTransport(std::string base_url, SheetsModel& model, Clock& clock, Duration latency)
    : base_url_(std::move(base_url)), model_(model), clock_(clock), latency_(latency) {}

boost::asio::awaitable<Result<ports::HttpResponse>> SheetsTransport::send(ports::HttpRequest request) {
  Alarm nobody;
  Alarm& cancel = request.cancel != nullptr ? *request.cancel : nobody;
  const TimePoint started = clock_.now();
  const TimePoint arrival = started + latency_ / 2;
  co_await clock_.sleep_until(std::min(arrival, request.deadline.when()), cancel);
  if (clock_.now() < arrival) co_return ended_early(request, clock_.now());

  std::optional<SheetsReply> reply;
  if (aside_) reply = aside_(request, clock_.wall_now());
  if (!reply) {
    const std::string_view url = request.endpoint->url;
    if (!url.starts_with(base_url_))
      co_return fail(ErrorKind::connect, "no simulated service has this address");
    const SheetsRequest asked{.method = request.method,
                              .target = url.substr(base_url_.size()),
                              .body = request.body,
                              .authorization = header_of(*request.endpoint, "authorization:"),
                              .fault = header_of(*request.endpoint, "x-emu-fault:")};
    reply = model_.answer(asked, clock_.wall_now());
  }
  const TimePoint back = started + latency_;
  co_await clock_.sleep_until(std::min(back, request.deadline.when()), cancel);
  if (clock_.now() < back) co_return ended_early(request, clock_.now());
  if (reply->is_dropped)
    co_return fail(ErrorKind::connect, "the simulated connection was closed before the reply");
  if (reply->body.size() > request.max_response_bytes) {
    co_return fail(ErrorKind::oversized, "the simulated reply is longer than was allowed");
  }
  co_return ports::HttpResponse{.status = reply->status,
                                .header_block =
                                    "Content-Type: application/json; charset=UTF-8\r\n"
                                    "Vary: Origin, X-Origin, Referer\r\nCache-Control: private\r\n"
                                    "Server: ESF\r\n",
                                .body = std::move(reply->body),
                                .elapsed = clock_.now() - started};
}

}  // namespace sv::sim_sheets
