// The pure functions beside the transport: shards, HTTP versions, file descriptors, origins.
#include "http/curl_transport.hpp"
#include "http/origin.hpp"

#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <sys/resource.h>

namespace sv::http {
namespace {

using ::testing::HasSubstr;

TEST(ChooseShardCount, gives_one_shard_for_each_64_requests_and_is_bounded) {
  EXPECT_EQ(choose_shard_count(0), 1U);
  EXPECT_EQ(choose_shard_count(1), 1U);
  EXPECT_EQ(choose_shard_count(64), 1U);
  EXPECT_EQ(choose_shard_count(65), 2U);
  EXPECT_EQ(choose_shard_count(1000), 16U);
  EXPECT_EQ(choose_shard_count(5000), 79U);
  EXPECT_EQ(choose_shard_count(1'000'000), 128U);
}

TEST(ChooseHttpVersion, takes_http2_only_from_libcurl_8_on) {
  EXPECT_EQ(choose_http_version(0x075801), CURL_HTTP_VERSION_1_1);
  EXPECT_EQ(choose_http_version(0x080000), CURL_HTTP_VERSION_2TLS);
  EXPECT_EQ(choose_http_version(0x080e00), CURL_HTTP_VERSION_2TLS);
}

class FileLimit : public ::testing::Test {
 public:
  FileLimit() { getrlimit(RLIMIT_NOFILE, &before_); }
  ~FileLimit() override { setrlimit(RLIMIT_NOFILE, &before_); }

 protected:
  rlimit before_{};
};

TEST_F(FileLimit, is_raised_when_the_hard_limit_allows) {
  rlimit low = before_;
  low.rlim_cur = 100;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  ASSERT_TRUE(reserve_file_descriptors(500));
  rlimit after{};
  getrlimit(RLIMIT_NOFILE, &after);
  EXPECT_GT(after.rlim_cur, 500U);
}

TEST_F(FileLimit, is_left_alone_when_it_suffices) {
  rlimit limit{};
  ASSERT_TRUE(reserve_file_descriptors(1));
  getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(limit.rlim_cur, before_.rlim_cur);
}

TEST_F(FileLimit, that_cannot_be_raised_is_an_error_that_says_what_to_do) {
  const Result<void> got = reserve_file_descriptors(100'000'000);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(got.error().message, HasSubstr("100000000 requests in flight"));
  EXPECT_THAT(got.error().message, HasSubstr("fewer workers"));
  EXPECT_THAT(got.error().message, HasSubstr("ulimit -n"));
  EXPECT_THAT(got.error().message, HasSubstr("LimitNOFILE="));
}

TEST(Origin, shows_scheme_host_and_port) {
  EXPECT_EQ(parse_origin("https://api.openai.com/v1/chat").text, "https://api.openai.com");
  EXPECT_EQ(parse_origin("http://[::1]:8080/v1").text, "http://[::1]:8080");
  EXPECT_EQ(parse_origin("not a url").text, "(unreadable URL)");
}

TEST(Origin, knows_this_machine) {
  for (const char* url : {"http://localhost/", "http://127.0.0.1:1/", "http://127.8.9.1/", "http://[::1]:80/",
                          "http://sim.localhost/", "http://LOCALHOST/"}) {
    EXPECT_TRUE(parse_origin(url).is_loopback) << url;
  }
  for (const char* url :
       {"http://localhost.example.com/", "http://128.0.0.1/", "http://127.0.0.1.example.com/",
        "http://[::2]/", "http://10.0.0.1/", "http://user:localhost@example.com/"}) {
    EXPECT_FALSE(parse_origin(url).is_loopback) << url;
  }
}

RC_GTEST_PROP(Origin, never_shows_user_password_path_or_query, ()) {
  const auto word = [] {
    return *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'f')));
  };
  const std::string secret = "S" + word();  // no host below has a capital letter
  const std::string host = word();
  const std::string url =
      "https://" + secret + ":" + secret + "@" + host + "/" + secret + "?k=" + secret + "#" + secret;
  RC_ASSERT(parse_origin(url).text == "https://" + host);
}

}  // namespace
}  // namespace sv::http
