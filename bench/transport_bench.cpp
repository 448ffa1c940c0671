// CPU of our thread per request through the transport, beside a bare libcurl easy handle that sends the same
// request over one kept-alive connection, one after the other. `of_bare` is the ratio of the two.
#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "http/curl_transport.hpp"
#include "http_stub.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>
#include <curl/curl.h>

#include <cstdint>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

namespace sv::bench {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyBytes = 3000;  // a short rulebook and a row
constexpr int kBareRequests = 5000;
constexpr std::int64_t kRequestsPerWorker = 50;

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t ignore_body(char* /*data*/, std::size_t size, std::size_t count, void* /*self*/) {
  return size * count;
}

double measure_bare_libcurl() {
  const HttpStub stub;
  const std::string body(kBodyBytes, 'x');
  CURL* easy = curl_easy_init();
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  curl_easy_setopt(easy, CURLOPT_URL, stub.url().c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &ignore_body);
  const double before = thread_cpu_seconds();
  for (int i = 0; i < kBareRequests; ++i) {
    if (curl_easy_perform(easy) != CURLE_OK) throw std::runtime_error("the stub did not answer");
  }
  const double seconds = thread_cpu_seconds() - before;
  curl_easy_cleanup(easy);
  curl_slist_free_all(headers);
  return seconds / kBareRequests;
}

double bare_libcurl() {
  static const double seconds = measure_bare_libcurl();
  return seconds;
}

asio::awaitable<void> send_many(http::CurlTransport& transport,
                                std::shared_ptr<const ports::HttpEndpoint> endpoint, const std::string& body,
                                std::int64_t& failed) {
  for (std::int64_t i = 0; i < kRequestsPerWorker; ++i) {
    ports::HttpRequest request;
    request.endpoint = endpoint;
    request.body = body;
    request.deadline = Deadline::after(SystemClock().now(), std::chrono::seconds(60));
    const Result<ports::HttpResponse> reply = co_await transport.send(std::move(request));
    if (!reply || reply->status != 200) ++failed;
  }
}

void transport_requests(benchmark::State& state) {
  const auto workers = static_cast<std::size_t>(state.range(0));
  if (!http::reserve_file_descriptors(2 * workers)) {
    state.SkipWithError("too few file descriptors");
    return;
  }
  const double bare = bare_libcurl();
  const HttpStub stub;
  asio::io_context io(1);
  const SystemClock clock;
  http::TransportOptions options;
  options.max_in_flight = workers;
  http::CurlTransport transport(io.get_executor(), clock, options);
  const auto endpoint = std::make_shared<const ports::HttpEndpoint>(
      ports::HttpEndpoint{.url = stub.url(), .headers = {"Content-Type: application/json"}});
  const std::string body(kBodyBytes, 'x');
  double cpu = 0;
  std::int64_t failed = 0;
  for (auto iteration : state) {
    const double before = thread_cpu_seconds();
    TaskGroup group(io.get_executor());
    for (std::size_t i = 0; i < workers; ++i) group.spawn(send_many(transport, endpoint, body, failed));
    io.restart();
    io.run();
    const double seconds = thread_cpu_seconds() - before;
    cpu += seconds;
    state.SetIterationTime(seconds);
  }
  const auto requests = state.iterations() * static_cast<std::int64_t>(workers) * kRequestsPerWorker;
  if (failed > 0) state.SkipWithError("requests failed");
  const double each = cpu / static_cast<double>(requests);
  state.counters["us_per_request"] = each * 1e6;
  state.counters["of_bare"] = each / bare;
}

BENCHMARK(transport_requests)->Arg(1)->Arg(64)->Arg(1000)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sv::bench
