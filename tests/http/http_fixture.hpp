// A raw server and helpers to send through a CurlTransport, on one io_context.
#pragma once

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "http/curl_transport.hpp"
#include "http/raw_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sv::http::test {

using Reply = Result<ports::HttpResponse>;

class HttpTest : public ::testing::Test {
 public:
  // Everything must have ended by itself: the transport of the test is idle or gone, the server stopped.
  ~HttpTest() override;

 protected:
  // The transport under test, made with options_ at the first use.
  CurlTransport& transport();
  ports::HttpRequest request(std::string body = "{}");
  ports::HttpRequest request_to(std::string url, std::string body = "{}");

  Reply send(ports::HttpRequest request);
  // All at once; replies in the order of the requests.
  std::vector<Reply> send_all(std::vector<ports::HttpRequest> requests);
  // Runs the event loop until nothing is left of `group`; fails the test if that takes half a minute.
  void run_until_done(const TaskGroup& group);

  boost::asio::io_context io_{1};
  SystemClock clock_;
  RawServer server_{io_};
  TransportOptions options_;
  std::unique_ptr<CurlTransport> transport_;
};

ErrorKind kind_of(const Reply& reply);

// Sets an environment variable for the length of a test.
class ScopedEnvironment {
 public:
  ScopedEnvironment(const char* name, const std::string& value);
  ScopedEnvironment(const ScopedEnvironment&) = delete;
  ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;
  ~ScopedEnvironment();

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace sv::http::test
