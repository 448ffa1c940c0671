#include "sim/model_transport.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sv::sim {

namespace {

// As the HTTP front does: the bearer token, or Azure's own header.
std::string_view header_of(const ports::HttpEndpoint& endpoint, std::string_view name) {
  for (const std::string_view line : endpoint.headers) {
    if (line.starts_with(name)) return line.substr(name.size());
  }
  return {};
}

std::string_view credential_of(const ports::HttpEndpoint& endpoint) {
  const std::string_view bearer = header_of(endpoint, "Authorization: Bearer ");
  return bearer.empty() ? header_of(endpoint, "api-key: ") : bearer;
}

std::unexpected<Error> cancelled() { return fail(ErrorKind::cancelled, "the answer is not needed any more"); }

}  // namespace

ModelTransport::ModelTransport(std::vector<SimulatedOrigin> origins, Clock& clock, NetworkOptions network)
    : origins_(std::move(origins)), clock_(clock), network_(network), random_(network.seed) {}

const SimulatedOrigin* ModelTransport::origin_of(const std::string& url) const {
  const auto found = std::ranges::find_if(
      origins_, [&](const SimulatedOrigin& origin) { return url.starts_with(origin.base_url); });
  return found == origins_.end() ? nullptr : &*found;
}

ModelReply ModelTransport::answer(const SimulatedOrigin& origin, ports::HttpRequest& request) {
  const std::string_view credential = credential_of(*request.endpoint);
  if (origin.batches != nullptr) {
    ApiRequest files_or_batches{
        .method = request.method,
        .target = std::string_view(request.endpoint->url).substr(origin.base_url.size()),
        .content_type = header_of(*request.endpoint, "Content-Type: "),
        .credential = credential,
        .body = std::move(request.body)};
    auto reply = origin.batches->answer(files_or_batches, clock_.now(), clock_.wall_now());
    if (reply) return *std::move(reply);
    request.body = std::move(files_or_batches.body);
  }
  return origin.model->answer_chat(request.body, credential, clock_.now(), clock_.wall_now());
}

boost::asio::awaitable<Result<ports::HttpResponse>> ModelTransport::send(ports::HttpRequest request) {
  const SimulatedOrigin* origin = origin_of(request.endpoint->url);
  if (origin == nullptr) co_return fail(ErrorKind::connect, "no simulated provider has this address");
  Alarm nobody;
  Alarm& cancel = request.cancel != nullptr ? *request.cancel : nobody;
  const TimePoint started = clock_.now();
  const Duration late = from_seconds(to_seconds(network_.jitter) * random_.uniform());
  const TimePoint arrival = started + network_.round_trip / 2 + late;
  co_await clock_.sleep_until(arrival, cancel);
  if (clock_.now() < arrival) co_return cancelled();
  LlmModel* model = origin->model;
  ModelReply reply = answer(*origin, request);
  const TimePoint back = clock_.now() + reply.delay + network_.round_trip / 2;
  const bool has_end = reply.delivery != Delivery::never && reply.delivery != Delivery::dripping;
  const bool is_in_time = has_end && back <= request.deadline.when();
  const TimePoint end = is_in_time ? back : request.deadline.when();
  co_await clock_.sleep_until(end, cancel);
  if (clock_.now() < end) {
    model->ledger().note_lost(reply.receipt);
    co_return cancelled();
  }
  if (!is_in_time) {
    model->ledger().note_lost(reply.receipt);
    co_return fail(ErrorKind::timeout, "the simulated provider did not answer in time");
  }
  if (reply.delivery == Delivery::refused) {
    model->ledger().note_lost(reply.receipt);
    co_return fail(ErrorKind::connect, "the simulated provider closes the connection");
  }
  if (reply.delivery == Delivery::oversized || reply.delivery == Delivery::endless ||
      reply.delivery == Delivery::bomb) {
    model->ledger().note_lost(reply.receipt);
    co_return fail(ErrorKind::oversized, "the simulated reply is larger than what is taken");
  }
  if (reply.delivery != Delivery::whole) {
    model->ledger().note_lost(reply.receipt);
    co_return fail(ErrorKind::protocol, "the simulated connection broke within the reply");
  }
  model->ledger().note_sent(reply.receipt);
  co_return ports::HttpResponse{.status = reply.status,
                                .header_block = std::move(reply.headers),
                                .body = std::move(reply.body),
                                .elapsed = clock_.now() - started};
}

}  // namespace sv::sim
