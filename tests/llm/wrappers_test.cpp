#include "base/random.hpp"
#include "base/stop_signal.hpp"
#include "base/task_group.hpp"
#include "llm/fakes.hpp"
#include "llm/fallback_client.hpp"
#include "llm/limited_client.hpp"
#include "llm/retrying_client.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

Error error(ErrorKind kind, std::optional<Duration> wait = std::nullopt) {
  return {.kind = kind, .message = "as told", .retry_after = wait};
}

class RetryingClientTest : public testing::Test {
 protected:
  Result<domain::Answer> judge(fakes::Client& inner) {
    RetryingClient client(inner, limits_, clock_, random_, stop_, watch_);
    return fakes::judge(io_, clock_, client);
  }

  boost::asio::io_context io_;
  support::VirtualClock clock_;
  limits::RetryLimits limits_;
  Random random_{1};
  StopSignal stop_;
  fakes::Watch watch_;
};

TEST_F(RetryingClientTest, failures_on_the_way_are_retried_and_counted) {
  fakes::Client inner({error(ErrorKind::server_error), error(ErrorKind::connect), error(ErrorKind::timeout)});
  EXPECT_TRUE(judge(inner).has_value());
  EXPECT_EQ(inner.asks.size(), 4U);
  EXPECT_EQ(inner.asks.back().attempt, 4U);
  EXPECT_EQ(watch_.retries[ErrorKind::server_error], 1);
  EXPECT_EQ(watch_.retries[ErrorKind::connect], 1);
  EXPECT_EQ(watch_.retries[ErrorKind::timeout], 1);
  EXPECT_EQ(clock_.elapsed(), watch_.delays[0] + watch_.delays[1] + watch_.delays[2]);
}

TEST_F(RetryingClientTest, a_429_is_waited_for_by_the_limiter_inside) {
  fakes::Client inner({error(ErrorKind::rate_limited, 30s)});
  EXPECT_TRUE(judge(inner).has_value());
  EXPECT_EQ(inner.asks.size(), 2U);
  EXPECT_EQ(clock_.elapsed(), 0s);
}

TEST_F(RetryingClientTest, an_invalid_reply_is_asked_again_with_a_hint_at_most_max_retries_times) {
  fakes::Client inner;
  inner.always = error(ErrorKind::invalid_reply);
  const auto answer = judge(inner);
  ASSERT_FALSE(answer.has_value());
  ASSERT_EQ(inner.asks.size(), 3U);
  EXPECT_EQ(inner.asks[0].correction, ports::Correction::none);
  EXPECT_EQ(inner.asks[1].correction, ports::Correction::invalid_reply);
  EXPECT_EQ(clock_.elapsed(), 0s);
}

TEST_F(RetryingClientTest, a_truncated_reply_is_asked_again_with_a_larger_cap) {
  fakes::Client inner({error(ErrorKind::truncated), error(ErrorKind::truncated)});
  EXPECT_TRUE(judge(inner).has_value());
  EXPECT_EQ(inner.asks[1].cap_factor, 2U);
  EXPECT_EQ(inner.asks[2].cap_factor, 4U);
  EXPECT_EQ(inner.asks[2].correction, ports::Correction::truncated);
}

TEST_F(RetryingClientTest, a_refusal_and_a_wrong_key_are_final) {
  for (const ErrorKind kind : {ErrorKind::refused, ErrorKind::unauthorized, ErrorKind::too_large}) {
    fakes::Client inner({error(kind)});
    EXPECT_FALSE(judge(inner).has_value());
    EXPECT_EQ(inner.asks.size(), 1U);
  }
}

TEST_F(RetryingClientTest, nothing_is_asked_after_the_stop) {
  fakes::Client inner;
  inner.always = error(ErrorKind::server_error);
  inner.on_asked = [&] { stop_.request(); };
  EXPECT_FALSE(judge(inner).has_value());
  EXPECT_EQ(inner.asks.size(), 1U);
}

class FallbackClientTest : public testing::Test {
 protected:
  Result<domain::Answer> judge(FallbackClient& client) { return fakes::judge(io_, clock_, client); }

  boost::asio::io_context io_;
  support::VirtualClock clock_;
  fakes::Watch watch_;
  fakes::Client first_{{}, "first"};
  fakes::Client second_{{}, "second"};
  FallbackClient client_{
      {{.name = "first", .client = &first_}, {.name = "second", .client = &second_}}, clock_, watch_};
};

TEST_F(FallbackClientTest, asks_in_priority_order) {
  EXPECT_EQ(judge(client_)->provider, "first");
  first_.script = {error(ErrorKind::server_error)};
  EXPECT_EQ(judge(client_)->provider, "second");
  EXPECT_EQ(judge(client_)->provider, "first") << "a failure of one row says nothing about the next";
  EXPECT_TRUE(watch_.disabled.empty());
}

TEST_F(FallbackClientTest, leaves_out_a_provider_that_can_serve_nobody) {
  for (const ErrorKind kind :
       {ErrorKind::unauthorized, ErrorKind::unknown_model, ErrorKind::quota_exhausted, ErrorKind::tls}) {
    fakes::Watch watch;
    fakes::Client first({error(kind)});
    FallbackClient client({{.name = "first", .client = &first}, {.name = "second", .client = &second_}},
                          clock_, watch);
    EXPECT_EQ(judge(client)->provider, "second");
    EXPECT_EQ(judge(client)->provider, "second");
    EXPECT_EQ(first.asks.size(), 1U);
    EXPECT_EQ(watch.disabled, std::vector<std::string>{"first: as told"});
  }
}

TEST_F(FallbackClientTest, a_refusal_is_not_taken_to_the_next) {
  first_.script = {error(ErrorKind::refused)};
  EXPECT_EQ(judge(client_).error().kind, ErrorKind::refused);
  EXPECT_TRUE(second_.asks.empty());
}

TEST_F(FallbackClientTest, when_nobody_is_left_it_says_why_without_asking) {
  first_.script = {error(ErrorKind::unauthorized)};
  second_.script = {error(ErrorKind::quota_exhausted)};
  EXPECT_EQ(judge(client_).error().message, "first: as told");
  const auto later = judge(client_);
  ASSERT_FALSE(later.has_value());
  EXPECT_EQ(later.error().message, "second: as told");
  EXPECT_EQ(first_.asks.size() + second_.asks.size(), 2U);
}

TEST_F(FallbackClientTest, leaves_out_a_provider_that_has_been_gone_for_minutes) {
  first_.always = error(ErrorKind::connect);
  first_.on_asked = [&] { clock_.advance(10s); };  // its retries take a while
  for (int row = 0; row < 12; ++row) EXPECT_EQ(judge(client_)->provider, "second");
  EXPECT_TRUE(watch_.disabled.empty()) << "110 s: it may be restarting";
  judge(client_);
  ASSERT_EQ(watch_.disabled.size(), 1U);
  EXPECT_EQ(watch_.disabled[0], "first: nothing was answered for two minutes: as told");
  const std::size_t asked = first_.asks.size();
  judge(client_);
  EXPECT_EQ(first_.asks.size(), asked);
}

TEST_F(FallbackClientTest, one_answer_shows_that_a_provider_is_there) {
  first_.on_asked = [&] { clock_.advance(20s); };
  for (int row = 0; row < 60; ++row) {
    if (row % 9 != 0) first_.script = {error(ErrorKind::timeout)};
    judge(client_);
  }
  EXPECT_TRUE(watch_.disabled.empty());
}

boost::asio::awaitable<void> judge_one(ports::LlmClient& client, std::vector<ErrorKind>& errors) {
  ports::Ask ask;
  ask.row = &fakes::a_row();
  const auto answer = co_await client.judge(ask);
  if (!answer) errors.push_back(answer.error().kind);
}

boost::asio::awaitable<void> join(TaskGroup& group) { co_await group.join(); }

TEST(LimitedClientTest, keeps_the_pace_and_sends_nothing_after_the_stop) {
  boost::asio::io_context io;
  support::VirtualClock clock;
  StopSignal stop;
  limits::AdmissionGate gate(clock, 100, {.requests_per_minute = 60, .tokens_per_minute = std::nullopt});
  fakes::Client inner;
  inner.on_asked = [&] {
    if (inner.asks.size() == 10) stop.request();
  };
  LimitedClient client(inner, gate, [](const ports::Ask&) { return std::uint64_t{1}; }, stop, clock);
  std::vector<ErrorKind> errors;
  TaskGroup group(io.get_executor());
  for (int i = 0; i < 20; ++i) group.spawn(judge_one(client, errors));
  boost::asio::co_spawn(io, join(group), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
  support::run_until_idle(io, clock);
  EXPECT_EQ(inner.asks.size(), 10U);
  EXPECT_EQ(errors, std::vector<ErrorKind>(10, ErrorKind::cancelled));
  EXPECT_GE(clock.elapsed(), 8s) << "60 a minute";
}

struct SharedPause : testing::Test {
  SharedPause() { limits.reply_attempts = 3; }

  // Twenty rows, `workers` at a time; gives when each request was sent.
  std::vector<Duration> judge_rows(std::size_t workers) {
    std::vector<Duration> sent;
    inner.on_asked = [&] { sent.push_back(clock.elapsed()); };
    limits::AdmissionGate gate(clock, workers);
    LimitedClient limited(inner, gate, [](const ports::Ask&) { return std::uint64_t{1}; }, stop, clock);
    RetryingClient client(limited, limits, clock, random, stop, watch);
    TaskGroup group(io.get_executor());
    for (int i = 0; i < 20; ++i) group.spawn(judge_one(client, errors));
    boost::asio::co_spawn(io, join(group), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    support::run_until_idle(io, clock);
    return sent;
  }

  boost::asio::io_context io;
  support::VirtualClock clock;
  limits::RetryLimits limits;
  Random random{1};
  StopSignal stop;
  fakes::Watch watch;
  fakes::Client inner;
  std::vector<ErrorKind> errors;
};

TEST_F(SharedPause, holds_every_row_back_as_long_as_one_429_asked) {
  inner.script = {error(ErrorKind::rate_limited, 30s)};
  const std::vector<Duration> sent = judge_rows(1);
  ASSERT_EQ(sent.size(), 21U);
  EXPECT_EQ(sent[0], 0s);
  for (std::size_t i = 1; i < sent.size(); ++i) EXPECT_GE(sent[i], 30s) << i;
  EXPECT_LT(sent[1], 31s);
  EXPECT_EQ(inner.asks[1].attempt, 2U) << "the row that was refused goes first";
  EXPECT_TRUE(errors.empty());
}

TEST_F(SharedPause, doubles_while_429s_that_name_no_time_follow_each_other) {
  inner.script = {error(ErrorKind::rate_limited), error(ErrorKind::rate_limited),
                  error(ErrorKind::rate_limited)};
  const std::vector<Duration> sent = judge_rows(1);
  ASSERT_EQ(sent.size(), 23U);
  EXPECT_GE(sent[1] - sent[0], 1s);
  EXPECT_GE(sent[2] - sent[1], 2s);
  EXPECT_GE(sent[3] - sent[2], 4s);
  EXPECT_LT(sent[3], 8s);
}

TEST_F(SharedPause, is_one_for_all_rows_that_meet_the_same_episode) {
  for (int i = 0; i < 10; ++i) inner.script.push_back(error(ErrorKind::rate_limited, 5s));
  const std::vector<Duration> sent = judge_rows(10);
  ASSERT_EQ(sent.size(), 30U);
  // The first alone, then nine at once: two pauses, not ten.
  EXPECT_LT(sent.back(), 11s);
  EXPECT_EQ(watch.retries[ErrorKind::rate_limited], 10);
}

}  // namespace
}  // namespace sv::llm
