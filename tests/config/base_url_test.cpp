#include "config/base_url.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace sv::config {
namespace {

using testing::HasSubstr;

TEST(BaseUrl, accepts_https_anywhere) {
  for (const char* const url : {"https://api.openai.com/v1", "https://host.example:8443/a/b",
                                "https://10.0.0.1/v1", "https://8.8.8.8/v1", "https://[2606:4700::1]:443/v1",
                                "https://my-host.example.", "https://under_score.example/v1"}) {
    EXPECT_TRUE(check_base_url(url)) << url;
  }
}

TEST(BaseUrl, is_normalized) {
  EXPECT_EQ(check_base_url(" HTTPS://API.OpenAI.com/V1/// ")->url, "https://api.openai.com/V1");
  EXPECT_EQ(check_base_url("http://[::1]:8080")->url, "http://[::1]:8080");
}

TEST(BaseUrl, knows_this_machine) {
  for (const char* const url :
       {"http://localhost:1/v1", "http://127.0.0.1", "http://127.9.9.9/v1", "http://[::1]/v1",
        "http://[::ffff:127.0.0.1]/v1", "https://localhost/v1", "http://api.localhost/v1"}) {
    const auto checked = check_base_url(url);
    ASSERT_TRUE(checked) << url;
    EXPECT_TRUE(checked->is_loopback) << url;
    EXPECT_FALSE(checked->is_unencrypted_network) << url;
  }
  EXPECT_FALSE(check_base_url("https://localhost.example/v1")->is_loopback);
  EXPECT_FALSE(check_base_url("http://10.0.0.1/v1")->is_loopback);
}

TEST(BaseUrl, allows_http_in_private_networks_and_says_so) {
  for (const char* const url : {"http://10.1.2.3/v1", "http://172.31.0.1/v1", "http://192.168.0.1:8000/v1",
                                "http://100.64.0.1/v1", "http://[fd12::1]/v1", "http://ollama:11434/v1",
                                "http://gpu.local/v1", "http://gpu.corp.internal/v1"}) {
    const auto checked = check_base_url(url);
    ASSERT_TRUE(checked) << url;
    EXPECT_TRUE(checked->is_unencrypted_network) << url;
  }
}

TEST(BaseUrl, refuses_http_to_everybody_else) {
  for (const char* const url :
       {"http://api.openai.com/v1", "http://8.8.8.8/v1", "http://172.32.0.1/v1", "http://[2606:4700::1]/v1",
        "http://local/v1.example", "http://evil.local.example/v1"}) {
    const auto checked = check_base_url(url);
    if (std::string_view(url).starts_with("http://local/")) {
      EXPECT_TRUE(checked) << url;  // a name without a dot is in the local network
      continue;
    }
    ASSERT_FALSE(checked) << url;
    EXPECT_THAT(checked.error().message, HasSubstr("must begin with https://"));
  }
}

TEST(BaseUrl, refuses_addresses_of_metadata_services_in_every_spelling) {
  for (const char* const url :
       {"https://169.254.169.254/latest", "http://169.254.169.254", "http://[fe80::1]/v1",
        "http://[fd00:ec2::254]/v1", "http://[::ffff:169.254.169.254]/v1", "http://0.0.0.0/v1",
        "http://[::]/v1", "https://2852039166/v1", "https://0xA9FEA9FE/v1", "https://169.254.43518/v1",
        "https://0251.0376.0251.0376/v1", "https://169.254.169.254./"}) {
    EXPECT_FALSE(check_base_url(url)) << url;
  }
}

TEST(BaseUrl, refuses_what_is_no_base_url_without_repeating_it) {
  for (const char* const url : {"",
                                "api.openai.com/v1",
                                "ftp://secret.example",
                                "file:///etc/secret",
                                "https://",
                                "https:///v1",
                                "https://:80/v1",
                                "https://user:secret@host/v1",
                                "https://secret@host/v1",
                                "https://host@secret/v1",
                                "https://host/v1?key=secret",
                                "https://host/v1#secret",
                                "https://host:0/secret",
                                "https://host:99999/secret",
                                "https://host:/secret",
                                "https://ho st/secret",
                                "https://host\\secret",
                                "https://host\r\nsecret",
                                "https://хост.example/secret",
                                "https://a..secret/v1",
                                "https://[::1/secret",
                                "https://[secret]/v1",
                                "https://ho%73t/secret",
                                "https://host/secret/chat/completions",
                                "https://host/secret/chat/completions/"}) {
    const auto checked = check_base_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(checked.error().message.find("secret"), std::string::npos) << checked.error().message;
  }
}

RC_GTEST_PROP(BaseUrl, takes_any_text_and_what_it_returns_is_stable, (const std::string& tail)) {
  const auto checked = check_base_url("https://host.example/" + tail);
  if (!checked) return;
  const auto again = check_base_url(checked->url);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->url == checked->url);
}

TEST(BaseUrl, takes_the_version_that_azure_wants_and_no_other_query) {
  const auto url =
      check_base_url("https://res.openai.azure.com/openai/deployments/d/?api-version=2024-10-21");
  ASSERT_TRUE(url.has_value()) << url.error().message;
  EXPECT_EQ(url->url, "https://res.openai.azure.com/openai/deployments/d?api-version=2024-10-21");
  for (const char* refused :
       {"https://host.example/v1?api-version=2024-10-21", "https://notazure.com/v1?api-version=1",
        "https://res.openai.azure.com/d?api-version=", "https://res.openai.azure.com/d?key=1",
        "https://res.openai.azure.com/d?api-version=1&key=2"}) {
    EXPECT_FALSE(check_base_url(refused).has_value()) << refused;
  }
}

}  // namespace
}  // namespace sv::config
