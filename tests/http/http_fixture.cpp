#include "http/http_fixture.hpp"

#include <cstdlib>
#include <utility>

namespace sv::http::test {

namespace asio = boost::asio;

namespace {

constexpr auto kPatience = std::chrono::seconds(30);

asio::awaitable<void> keep_reply(CurlTransport& transport, ports::HttpRequest request, Reply& reply) {
  reply = co_await transport.send(std::move(request));
}

}  // namespace

HttpTest::~HttpTest() {
  server_.stop();
  io_.restart();
  io_.run_for(kPatience);
  EXPECT_TRUE(io_.stopped()) << "something keeps the event loop busy after the last request";
}

CurlTransport& HttpTest::transport() {
  if (!transport_) transport_ = std::make_unique<CurlTransport>(io_.get_executor(), clock_, options_);
  return *transport_;
}

ports::HttpRequest HttpTest::request(std::string body) { return request_to(server_.url(), std::move(body)); }

ports::HttpRequest HttpTest::request_to(std::string url, std::string body) {
  ports::HttpRequest made;
  made.endpoint = std::make_shared<ports::HttpEndpoint>(
      ports::HttpEndpoint{.url = std::move(url), .headers = {"Content-Type: application/json"}});
  made.body = std::move(body);
  made.deadline = Deadline::after(clock_.now(), kPatience);
  return made;
}

Reply HttpTest::send(ports::HttpRequest request) {
  std::vector<ports::HttpRequest> requests;
  requests.push_back(std::move(request));
  return std::move(send_all(std::move(requests)).front());
}

std::vector<Reply> HttpTest::send_all(std::vector<ports::HttpRequest> requests) {
  std::vector<Reply> replies(requests.size());
  TaskGroup group(io_.get_executor());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    group.spawn(keep_reply(transport(), std::move(requests[i]), replies[i]));
  }
  run_until_done(group);
  return replies;
}

void HttpTest::run_until_done(const TaskGroup& group) {
  const TimePoint limit = clock_.now() + kPatience;
  io_.restart();
  while (group.running() > 0 && clock_.now() < limit) io_.run_one_for(std::chrono::seconds(1));
  ASSERT_EQ(group.running(), 0U) << "requests did not end";
}

ErrorKind kind_of(const Reply& reply) {
  if (reply) {
    ADD_FAILURE() << "an error was expected, but the reply is " << reply->status << " "
                  << reply->body.substr(0, 200);
    return ErrorKind::io;
  }
  return reply.error().kind;
}

ScopedEnvironment::ScopedEnvironment(const char* name, const std::string& value) : name_(name) {
  if (const char* before = std::getenv(name)) before_ = before;
  setenv(name, value.c_str(), 1);
}

ScopedEnvironment::~ScopedEnvironment() {
  if (before_) {
    setenv(name_, before_->c_str(), 1);
  } else {
    unsetenv(name_);
  }
}

}  // namespace sv::http::test
