#include "llm/provider_probe.hpp"

#include "base/text.hpp"
#include "limits/http_date.hpp"
#include "llm/error_reply.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

namespace sv::llm {

namespace {

namespace json = boost::json;

constexpr std::size_t kMostListBytes = std::size_t{4} << 20U;
constexpr std::size_t kFarthest = 6;  // edits: "gpt-4o-mini" and "gpt-4.1-mini" are near

std::vector<std::string> models_of(std::string_view body) {
  boost::system::error_code failure;
  const json::value value = json::parse(body, failure);
  std::vector<std::string> models;
  const json::object* const object = failure ? nullptr : value.if_object();
  const json::value* const data = object == nullptr ? nullptr : object->if_contains("data");
  if (data == nullptr || !data->is_array()) return models;
  for (const json::value& item : data->get_array()) {
    const json::object* const model = item.if_object();
    const json::value* const id = model == nullptr ? nullptr : model->if_contains("id");
    if (id != nullptr && id->is_string()) models.emplace_back(id->get_string().c_str());
  }
  return models;
}

// Gemini lists "models/gemini-2.5-flash" and takes the name without.
std::string_view bare(std::string_view name) {
  constexpr std::string_view kFolder = "models/";
  return name.starts_with(kFolder) ? name.substr(kFolder.size()) : name;
}

std::string nearest_to(std::string_view model, const std::vector<std::string>& models) {
  std::string best;
  std::size_t distance = std::min(kFarthest, model.size() / 2) + 1;
  for (const std::string& one : models) {
    const std::size_t edits = edit_distance(model, bare(one));
    if (edits >= distance) continue;
    distance = edits;
    best = bare(one);
  }
  return best;
}

}  // namespace

boost::asio::awaitable<ProviderProbe> probe_provider(ports::HttpTransport& transport, AddressDetails address,
                                                     Clock& clock, Duration most_wait) {
  ports::HttpRequest request;
  request.method = "GET";
  request.endpoint = std::make_shared<const ports::HttpEndpoint>(
      ports::HttpEndpoint{.url = api_url(address.base_url, "models"), .headers = request_headers(address)});
  request.deadline = Deadline::at(clock.now() + most_wait);
  request.max_response_bytes = kMostListBytes;
  const Result<ports::HttpResponse> response = co_await transport.send(std::move(request));
  ProviderProbe probe;
  if (!response) {
    probe.failure = response.error();
    co_return probe;
  }
  const WallTime now = clock.wall_now();
  if (const std::optional<std::string_view> date = response->header("date")) {
    if (const std::optional<WallTime> told = limits::parse_http_date(*date, now))
      probe.clock_ahead = now - *told;
  }
  if (response->status == 404 || response->status == 405) {
    probe.failure = Error{ErrorKind::not_found, "it has no list of models (HTTP 404)"};
    co_return probe;
  }
  if (response->status != 200) {
    probe.failure = Error{classify_error(response->status, {}), fmt::format("HTTP {}", response->status)};
    co_return probe;
  }
  const std::vector<std::string> models = models_of(response->body);
  probe.models = models.size();
  probe.has_model = std::ranges::any_of(
      models, [&](const std::string& one) { return one == address.model || bare(one) == address.model; });
  if (!probe.has_model) probe.nearest = nearest_to(address.model, models);
  co_return probe;
}

}  // namespace sv::llm
