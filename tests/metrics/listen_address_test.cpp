#include "metrics/listen_address.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sv::metrics {
namespace {

TEST(ListenAddress, a_port_alone_is_this_machine_only) {
  const Result<ListenAddress> address = parse_listen_address("9464");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "127.0.0.1");
  EXPECT_EQ(address->port, 9464);
  EXPECT_EQ(parse_listen_address("0")->port, 0);
}

TEST(ListenAddress, an_address_stands_before_the_port_in_brackets_if_it_has_colons) {
  for (const auto& [typed, url] :
       std::vector<std::pair<std::string, std::string>>{{"0.0.0.0:80", "http://0.0.0.0:80"},
                                                        {"localhost:9464", "http://127.0.0.1:9464"},
                                                        {"[::1]:9464", "http://[::1]:9464"},
                                                        {"[::]:65535", "http://[::]:65535"}}) {
    const Result<ListenAddress> address = parse_listen_address(typed);
    ASSERT_TRUE(address) << typed << ": " << address.error().message;
    EXPECT_EQ(http_url(*address), url);
  }
}

TEST(ListenAddress, anything_else_is_refused_with_an_example) {
  for (const char* typed : {"", ":", ":9464", "9464:", "65536", "-1", "+1", "94 64", "0x10", "::1",
                            "::1:9464", "[::1]", "[]:9464", "[127.0.0.1]:9464", "example.com:9464",
                            "127.0.0.1", "127.0.0.1:", "1.2.3:9464", "http://127.0.0.1:1"}) {
    const Result<ListenAddress> address = parse_listen_address(typed);
    ASSERT_FALSE(address) << typed;
    EXPECT_EQ(address.error().kind, ErrorKind::invalid_input);
    EXPECT_TRUE(address.error().message.contains("[::1]:9100")) << address.error().message;
  }
}

TEST(ListenAddress, what_is_shown_of_a_mistake_is_short_and_harmless) {
  const Result<ListenAddress> address = parse_listen_address("\x1b[31m" + std::string(10'000, 'x'));
  ASSERT_FALSE(address);
  EXPECT_LT(address.error().message.size(), 200U);
  EXPECT_FALSE(address.error().message.contains('\x1b'));
}

}  // namespace
}  // namespace sv::metrics
