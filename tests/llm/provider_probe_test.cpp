#include "llm/provider_probe.hpp"

#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

// Answers everything with the same.
class OneReply final : public ports::HttpTransport {
 public:
  explicit OneReply(Result<ports::HttpResponse> reply) : reply_(std::move(reply)) {}
  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
    asked = request.method + " " + request.endpoint->url;
    body = request.body;
    co_return reply_;
  }
  std::string asked;
  std::string body;

 private:
  Result<ports::HttpResponse> reply_;
};

ports::HttpResponse reply(int status, std::string body, std::string headers = {}) {
  ports::HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.header_block = std::move(headers);
  return response;
}

ProviderProbe probe(OneReply& transport, const std::string& model = "gpt-4o-mini") {
  boost::asio::io_context io;
  support::VirtualClock clock;  // 2026-01-05 09:00:00 UTC
  std::optional<ProviderProbe> found;
  boost::asio::co_spawn(
      io,
      probe_provider(transport,
                     {.base_url = "https://api.example/v1", .model = model, .api_key = Secret("k")}, clock,
                     15s),
      [&](std::exception_ptr, ProviderProbe one) { found = std::move(one); });
  support::run_until_idle(io, clock);
  return *std::move(found);
}

constexpr const char* kList =
    R"({"data":[{"id":"gpt-4o"},{"id":"gpt-4o-mini"},{"id":"models/gemini-2.5-flash"},{"no":1},7]})";

TEST(ProviderProbe, asks_for_the_list_of_models_and_for_nothing_else) {
  OneReply transport(reply(200, kList));
  const ProviderProbe found = probe(transport);
  EXPECT_EQ(transport.asked, "GET https://api.example/v1/models");
  EXPECT_EQ(transport.body, "");
  EXPECT_FALSE(found.failure);
  EXPECT_EQ(found.models, 3U);
  EXPECT_TRUE(found.has_model);
  EXPECT_FALSE(found.clock_ahead);
}

TEST(ProviderProbe, knows_a_model_that_is_not_there_and_the_one_that_was_meant) {
  OneReply transport(reply(200, kList));
  const ProviderProbe found = probe(transport, "gpt-4o-mimi");
  EXPECT_FALSE(found.has_model);
  EXPECT_EQ(found.nearest, "gpt-4o-mini");
  EXPECT_EQ(probe(transport, "qwen2.5:14b").nearest, "");
  EXPECT_TRUE(probe(transport, "gemini-2.5-flash").has_model) << "listed with its folder";
}

TEST(ProviderProbe, compares_the_clocks) {
  OneReply transport(reply(200, kList, "Date: Mon, 05 Jan 2026 08:50:00 GMT\r\n"));
  EXPECT_EQ(probe(transport).clock_ahead, Duration(10min));
  OneReply later(reply(401, "", "Date: Mon, 05 Jan 2026 09:00:30 GMT\r\n"));
  EXPECT_EQ(probe(later).clock_ahead, Duration(-30s));
}

TEST(ProviderProbe, says_what_kind_of_failure_it_is) {
  const auto kind_of = [](Result<ports::HttpResponse> answer) {
    OneReply transport(std::move(answer));
    return probe(transport).failure->kind;
  };
  EXPECT_EQ(kind_of(reply(401, "{}")), ErrorKind::unauthorized);
  EXPECT_EQ(kind_of(reply(404, "")), ErrorKind::not_found);
  EXPECT_EQ(kind_of(reply(429, "")), ErrorKind::rate_limited);
  EXPECT_EQ(kind_of(fail(ErrorKind::tls, "no")), ErrorKind::tls);
  OneReply strange(reply(200, "<html>"));
  EXPECT_EQ(probe(strange).models, 0U) << "a list of nothing is no fault";
}

}  // namespace
}  // namespace sv::llm
