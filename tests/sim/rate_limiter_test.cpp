// The kinds of limiters by themselves and in the model, in virtual time.
#include "sim/rate_limiter.hpp"

#include "question_fixture.hpp"
#include "sim/llm_model.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace sv::sim {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart{Duration(std::chrono::hours(1))};
const WallTime kToday{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};
constexpr std::uint64_t kLimit = 500;

ModelReply ask(LlmModel& model, TimePoint now, std::string_view extra = "") {
  return model.answer_chat(
      testing::chat_body(testing::system_text(testing::kEnglishRules, testing::kEnglishStatuses),
                         testing::user_text("On Track", "Done: 1 thing."), extra),
      "key", now, kToday);
}

// How many of a burst are accepted at one moment.
std::uint64_t burst(RateLimiter& limiter, TimePoint now) {
  std::uint64_t accepted = 0;
  for (; !limiter.wait_for(now); ++accepted) limiter.take(now + 1s);
  return accepted;
}

TEST(RateLimiter, names_are_read_and_unknown_ones_are_told_the_known) {
  EXPECT_EQ(parse_limiter("win10").value(), LimiterKind::win10);
  EXPECT_EQ(parse_limiter("concurrency").value(), LimiterKind::concurrency);
  const auto unknown = parse_limiter("win5");
  ASSERT_FALSE(unknown);
  for (const char* name : {"win5", "bucket60", "bucket1", "win1", "win10", "win60", "concurrency"}) {
    EXPECT_TRUE(unknown.error().message.contains(name)) << unknown.error().message;
  }
  EXPECT_EQ(parse_limit_headers("minute").value(), LimitHeaders::minute);
  EXPECT_FALSE(parse_limit_headers("false"));
}

TEST(RateLimiter, a_burst_gets_what_the_kind_holds) {
  const std::map<LimiterKind, std::uint64_t> held{
      {LimiterKind::bucket60, 500}, {LimiterKind::bucket1, 8}, {LimiterKind::win1, 8},
      {LimiterKind::win10, 83},     {LimiterKind::win60, 500}, {LimiterKind::concurrency, 500}};
  for (const auto& [kind, count] : held) {
    RateLimiter limiter(kind, kLimit);
    EXPECT_EQ(burst(limiter, kStart), count);
  }
  RateLimiter slow(LimiterKind::win1, 5);
  EXPECT_EQ(burst(slow, kStart), 1U) << "at least one";
}

TEST(RateLimiter, a_window_refuses_until_it_ends) {
  RateLimiter limiter(LimiterKind::win10, kLimit);
  burst(limiter, kStart + 3s);
  EXPECT_EQ(limiter.wait_for(kStart + 4s), 6s);
  EXPECT_EQ(limiter.state().reset, 6s);
  EXPECT_EQ(burst(limiter, kStart + 10s), 83U);
}

RC_GTEST_PROP(RateLimiter, no_window_gets_more_than_its_quota, (std::vector<std::uint16_t> gaps_ms)) {
  for (const auto& [kind, span, quota] : {std::tuple{LimiterKind::win1, Duration(1s), 8U},
                                          {LimiterKind::win10, Duration(10s), 83U},
                                          {LimiterKind::win60, Duration(60s), 500U}}) {
    RateLimiter limiter(kind, kLimit);
    std::map<Duration::rep, std::uint64_t> accepted;
    TimePoint now = kStart;
    for (const std::uint16_t gap : gaps_ms) {
      now += std::chrono::milliseconds(gap);
      accepted[now.time_since_epoch() / span] += burst(limiter, now);
    }
    for (const auto& [window, count] : accepted) RC_ASSERT(count <= quota);
  }
}

RC_GTEST_PROP(RateLimiter, a_bucket_of_a_second_gives_no_more_than_it_holds_and_refills,
              (std::vector<std::uint16_t> gaps_ms)) {
  RateLimiter limiter(LimiterKind::bucket1, kLimit);
  TimePoint now = kStart;
  std::uint64_t accepted = 0;
  for (const std::uint16_t gap : gaps_ms) {
    now += std::chrono::milliseconds(gap % 2000);
    accepted += burst(limiter, now);
    RC_ASSERT(static_cast<double>(accepted) <= (1 + to_seconds(now - kStart)) * kLimit / 60 + 1e-3);
  }
}

RC_GTEST_PROP(RateLimiter, no_more_than_n_are_in_work, (std::vector<std::uint16_t> gaps_ms)) {
  RateLimiter limiter(LimiterKind::concurrency, 3);
  std::vector<TimePoint> done;
  TimePoint now = kStart;
  for (const std::uint16_t gap : gaps_ms) {
    now += std::chrono::milliseconds(gap % 500);
    std::erase_if(done, [now](TimePoint end) { return end <= now; });
    const auto wait = limiter.wait_for(now);
    RC_ASSERT(wait.has_value() == (done.size() == 3));
    if (wait) continue;
    done.push_back(now + std::chrono::milliseconds(gap));
    limiter.take(done.back());
  }
}

RC_GTEST_PROP(RateLimiter, whoever_waits_as_told_is_accepted, (std::uint16_t at_ms, bool rejects_count)) {
  for (const auto kind : {LimiterKind::bucket60, LimiterKind::bucket1, LimiterKind::win1, LimiterKind::win10,
                          LimiterKind::win60, LimiterKind::concurrency}) {
    RateLimiter limiter(kind, kLimit);
    const TimePoint now = kStart + std::chrono::milliseconds(at_ms);
    burst(limiter, now);
    if (rejects_count) limiter.take_refused(now);
    const auto wait = limiter.wait_for(now);
    RC_ASSERT(wait && *wait > Duration::zero());
    RC_ASSERT(!limiter.wait_for(now + *wait + 1ns));
  }
}

TEST(RateLimiter, a_refused_request_takes_what_came_back_to_a_bucket) {
  RateLimiter limiter(LimiterKind::bucket60, 60);
  burst(limiter, kStart);
  limiter.take_refused(kStart + 900ms);
  EXPECT_NEAR(to_seconds(limiter.wait_for(kStart + 900ms).value()), 1.0, 1e-6);
}

TEST(RateLimiter, a_refused_request_takes_what_is_left_of_a_window_and_nothing_of_the_next) {
  for (const auto& [kind, span, quota] : {std::tuple{LimiterKind::win1, Duration(1s), 8U},
                                          {LimiterKind::win10, Duration(10s), 83U},
                                          {LimiterKind::win60, Duration(60s), 500U}}) {
    RateLimiter limiter(kind, kLimit);
    // Refused for another reason, its tokens say, while there is room for requests.
    limiter.take_refused(kStart);
    EXPECT_EQ(burst(limiter, kStart), quota - 1);
    for (int i = 0; i < 1'000; ++i) limiter.take_refused(kStart);
    EXPECT_EQ(limiter.wait_for(kStart), span);
    EXPECT_EQ(burst(limiter, kStart + span), quota);
  }
}

// 200,000 tokens a minute are 3,333 a second; one row may cost more.
TEST(RateLimiter, a_cost_above_a_windows_quota_is_let_through_when_nothing_is_used_and_paid_back) {
  RateLimiter limiter(LimiterKind::win1, 200'000);
  ASSERT_FALSE(limiter.wait_for(kStart, 8'000));
  limiter.take(kStart, 8'000);
  EXPECT_EQ(limiter.wait_for(kStart, 1), 2s) << "8,000 of 3,333 a second";
  EXPECT_EQ(limiter.wait_for(kStart, 3'000), 3s);
  EXPECT_FALSE(limiter.wait_for(kStart + 3s, 3'000));
}

TEST(RateLimiter, a_cost_above_a_small_bucket_is_let_through_when_it_is_full_and_paid_back) {
  RateLimiter limiter(LimiterKind::bucket1, 200'000);
  ASSERT_FALSE(limiter.wait_for(kStart, 8'000));
  limiter.take(kStart, 8'000);
  EXPECT_NEAR(to_seconds(limiter.wait_for(kStart, 1'000).value()), (8'000 + 1'000 - 3'333.3) / 3'333.3, 1e-3);
  EXPECT_EQ(limiter.state().remaining, 0U);
}

RC_GTEST_PROP(RateLimiter, tokens_are_never_more_than_the_rate_and_one_window,
              (std::vector<std::uint16_t> costs)) {
  for (const auto& [kind, span] : {std::pair{LimiterKind::bucket1, 1.0},
                                   {LimiterKind::bucket60, 60.0},
                                   {LimiterKind::win1, 1.0},
                                   {LimiterKind::win10, 10.0},
                                   {LimiterKind::win60, 60.0}}) {
    constexpr std::uint64_t kTokens = 200'000;
    RateLimiter limiter(kind, kTokens);
    TimePoint now = kStart;
    double taken = 0;
    double largest = 0;
    for (const std::uint16_t cost : costs) {
      while (const auto wait = limiter.wait_for(now, cost)) now += *wait + 1ns;
      limiter.take(now, cost);
      taken += cost;
      largest = std::max(largest, static_cast<double>(cost));
      const double seconds = to_seconds(now - kStart);
      // The window before and the one that has begun; what exceeds a quota is paid back later.
      RC_ASSERT(taken <= (seconds + span) * kTokens / 60 + largest + 60);
    }
  }
}

TEST(LlmModel, tokens_are_enforced_as_their_own_limiter_says) {
  const auto accepted = [](LimiterKind kind) {
    LlmOptions options;
    options.tpm = 60'000;
    options.token_limiter = kind;
    options.rpm = 6'000;
    LlmModel model(std::move(options));
    int count = 0;
    for (int i = 0; i < 200; ++i) {
      const ModelReply reply = ask(model, kStart, R"(,"max_completion_tokens":500)");
      if (reply.status == 200) ++count;
      if (reply.status != 200) EXPECT_TRUE(reply.body.contains("tokens per min (TPM): Limit 60000"));
    }
    return count;
  };
  EXPECT_EQ(accepted(LimiterKind::bucket1), 2);
  EXPECT_EQ(accepted(LimiterKind::win1), 2);
  EXPECT_EQ(accepted(LimiterKind::win10), 20);
  EXPECT_EQ(accepted(LimiterKind::win60), 120);
  EXPECT_EQ(accepted(LimiterKind::bucket60), 120);
}

TEST(LlmModel, token_headers_tell_what_is_enforced_or_a_minute_or_nothing) {
  const auto headers = [](LimitHeaders told) {
    LlmOptions options;
    options.tpm = 60'000;
    options.token_limiter = LimiterKind::win1;
    options.limit_headers = told;
    LlmModel model(std::move(options));
    return ask(model, kStart, R"(,"max_completion_tokens":400)").headers;
  };
  EXPECT_TRUE(headers(LimitHeaders::enforced)
                  .contains("limit-tokens: 1000\r\nx-ratelimit-remaining-tokens: 600\r\n"
                            "x-ratelimit-reset-tokens: 1s\r\n"));
  EXPECT_TRUE(headers(LimitHeaders::minute)
                  .contains("limit-tokens: 60000\r\nx-ratelimit-remaining-tokens: 59600\r\n"));
  EXPECT_FALSE(headers(LimitHeaders::none).contains("x-ratelimit"));
}

TEST(LlmModel, requests_in_work_are_limited_by_the_drawn_latency) {
  LlmOptions options;
  options.latency = Latency::fixed(2s);
  options.limiter = LimiterKind::concurrency;
  options.concurrency = 2;
  options.rpm = 1;
  LlmModel model(std::move(options));
  EXPECT_EQ(ask(model, kStart).status, 200);
  EXPECT_EQ(ask(model, kStart + 500ms).status, 200) << "rpm is not enforced";
  const ModelReply refused = ask(model, kStart + 1s);
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.body.contains("concurrent"));
  EXPECT_EQ(ask(model, kStart + 2s).status, 200);
  EXPECT_EQ(ask(model, kStart + 2s).status, 429);
}

TEST(LlmModel, headers_tell_what_is_enforced_or_a_minute_or_nothing) {
  const auto headers = [](LimitHeaders told) {
    LlmOptions options;
    options.rpm = 600;
    options.limiter = LimiterKind::win1;
    options.limit_headers = told;
    LlmModel model(std::move(options));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(model, kStart).status, 200);
    const ModelReply refused = ask(model, kStart);
    EXPECT_EQ(refused.status, 429);
    return refused.headers;
  };
  EXPECT_TRUE(headers(LimitHeaders::enforced)
                  .contains("limit-requests: 10\r\nx-ratelimit-remaining-requests: 0\r\n"));
  EXPECT_TRUE(headers(LimitHeaders::minute)
                  .contains("limit-requests: 600\r\nx-ratelimit-remaining-requests: 590\r\n"));
  EXPECT_FALSE(headers(LimitHeaders::none).contains("x-ratelimit"));
}

TEST(LlmModel, refused_requests_take_of_the_quota_when_they_count) {
  const auto status_after_refusal = [](bool rejects_count) {
    LlmOptions options;
    options.rpm = 60;
    options.limiter = LimiterKind::bucket1;
    options.rejects_count = rejects_count;
    LlmModel model(std::move(options));
    EXPECT_EQ(ask(model, kStart).status, 200);
    EXPECT_EQ(ask(model, kStart + 900ms).status, 429);
    return ask(model, kStart + 1001ms).status;
  };
  EXPECT_EQ(status_after_refusal(false), 200);
  EXPECT_EQ(status_after_refusal(true), 429);
}

TEST(RateLimiter, windows_begin_on_the_wall_clocks_minutes) {
  RateLimiter limiter(LimiterKind::win60, 1);
  const TimePoint start{std::chrono::hours(1)};
  limiter.align_windows(std::chrono::seconds(20));  // it is twenty seconds past a minute
  ASSERT_FALSE(limiter.wait_for(start));
  limiter.take(start);
  EXPECT_EQ(limiter.wait_for(start), std::chrono::seconds(40));
  EXPECT_FALSE(limiter.wait_for(start + std::chrono::seconds(40)));
}

}  // namespace
}  // namespace sv::sim
