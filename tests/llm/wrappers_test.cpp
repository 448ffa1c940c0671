#include "base/random.hpp"
#include "base/stop_signal.hpp"
#include "base/task_group.hpp"
#include "llm/fakes.hpp"
#include "llm/fallback_client.hpp"
#include "llm/key_memory.hpp"
#include "llm/limited_client.hpp"
#include "llm/provider_fixture.hpp"
#include "llm/retrying_client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::llm {
namespace {

using fakes::join;
using fakes::Provider;

using namespace std::chrono_literals;

Error error(ErrorKind kind, std::optional<Duration> wait = std::nullopt) {
  return {.kind = kind, .message = "as told", .retry_after = wait};
}

class RetryingClientTest : public testing::Test {
 protected:
  Result<domain::SharedAnswer> judge(fakes::Client& inner) {
    Provider provider("first", clock_, watch_, stop_, random_);
    RetryingClient client(inner, limits_, provider.guard, clock_, random_, stop_, watch_);
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
  Result<domain::SharedAnswer> judge() { return fakes::judge(io_, clock_, client_); }

  boost::asio::io_context io_;
  support::VirtualClock clock_;
  fakes::Watch watch_;
  StopSignal stop_;
  Random random_{1};
  Provider first_{"first", clock_, watch_, stop_, random_};
  Provider second_{"second", clock_, watch_, stop_, random_};
  FallbackClient client_{{{.client = &first_.retrying, .guard = &first_.guard},
                          {.client = &second_.retrying, .guard = &second_.guard}},
                         false,
                         clock_,
                         stop_};
};

TEST_F(FallbackClientTest, asks_in_priority_order) {
  EXPECT_EQ((*judge())->provider, "first");
  first_.model.script = {error(ErrorKind::too_large)};
  EXPECT_EQ((*judge())->provider, "second");
  EXPECT_EQ((*judge())->provider, "first") << "a failure of one row says nothing about the next";
  EXPECT_TRUE(watch_.disabled.empty());
}

TEST_F(FallbackClientTest, leaves_out_a_provider_that_can_serve_nobody) {
  for (const ErrorKind kind :
       {ErrorKind::unauthorized, ErrorKind::unknown_model, ErrorKind::quota_exhausted, ErrorKind::tls}) {
    fakes::Watch watch;
    Provider first("first", clock_, watch, stop_, random_);
    Provider second("second", clock_, watch, stop_, random_);
    FallbackClient client({{.client = &first.retrying, .guard = &first.guard},
                           {.client = &second.retrying, .guard = &second.guard}},
                          false, clock_, stop_);
    first.model.script = {error(kind)};
    EXPECT_EQ((*fakes::judge(io_, clock_, client))->provider, "second");
    EXPECT_EQ((*fakes::judge(io_, clock_, client))->provider, "second");
    EXPECT_EQ(first.model.asks.size(), 1U);
    EXPECT_EQ(watch.disabled, std::vector<std::string>{"first: as told"});
  }
}

// Nobody waits so long, so that each row would meet a refusal of its own.
TEST_F(FallbackClientTest, leaves_a_provider_that_asks_for_hours_after_three_refusals) {
  first_.model.always = error(ErrorKind::rate_limited, 90min);
  for (int row = 0; row < 5; ++row) EXPECT_EQ((*judge())->provider, "second");
  EXPECT_EQ(first_.model.asks.size(), 3U);
  EXPECT_EQ(watch_.disabled,
            std::vector<std::string>{
                "first: as told (it asks to wait 90 minutes, longer than a run waits: run again "
                "then, what is judged is kept; or name a second provider)"});
}

TEST_F(FallbackClientTest, keeps_a_provider_that_answers_between_such_refusals) {
  for (int round = 0; round < 3; ++round) {
    first_.model.script = {error(ErrorKind::rate_limited, 90min), error(ErrorKind::rate_limited, 90min)};
    for (const char* judge_of : {"second", "second", "first"}) EXPECT_EQ((*judge())->provider, judge_of);
  }
  EXPECT_EQ(first_.model.asks.size(), 9U);
  EXPECT_TRUE(watch_.disabled.empty());
}

TEST_F(FallbackClientTest, a_refusal_is_not_taken_to_the_next) {
  first_.model.script = {error(ErrorKind::refused)};
  EXPECT_EQ(judge().error().kind, ErrorKind::refused);
  EXPECT_TRUE(second_.model.asks.empty());
}

TEST_F(FallbackClientTest, when_nobody_is_left_it_says_why_without_asking) {
  first_.model.script = {error(ErrorKind::unauthorized)};
  second_.model.script = {error(ErrorKind::quota_exhausted)};
  EXPECT_EQ(judge().error().message, "first: as told");
  const auto later = judge();
  ASSERT_FALSE(later.has_value());
  EXPECT_EQ(later.error().message, "second: as told");
  EXPECT_EQ(first_.model.asks.size() + second_.model.asks.size(), 2U);
}

TEST_F(FallbackClientTest, one_row_is_enough_to_see_that_a_provider_is_down_and_one_answer_that_it_is_back) {
  first_.model.always = error(ErrorKind::connect);
  EXPECT_EQ((*judge())->provider, "second");
  EXPECT_EQ(first_.model.asks.size(), 6U);
  EXPECT_EQ(watch_.resting, std::vector<std::string>{"first: as told"});
  EXPECT_EQ((*judge())->provider, "second");
  EXPECT_EQ(first_.model.asks.size(), 6U) << "nothing is sent to it for five seconds";
  clock_.advance(5s);
  EXPECT_EQ((*judge())->provider, "second");
  EXPECT_EQ(first_.model.asks.size(), 7U) << "a probe, once";
  clock_.advance(5s);
  first_.model.always.reset();
  EXPECT_EQ((*judge())->provider, "first");
  EXPECT_EQ((*judge())->provider, "first");
  ASSERT_EQ(watch_.back.size(), 1U);
  EXPECT_EQ(watch_.back[0], 10s);
}

TEST_F(FallbackClientTest, waits_when_all_are_down_and_gives_up_in_the_end) {
  EXPECT_EQ((*judge())->provider, "first");
  first_.model.always = error(ErrorKind::server_error);
  second_.model.always = error(ErrorKind::connect);
  const TimePoint began = clock_.now();
  const auto answer = judge();
  ASSERT_FALSE(answer.has_value());
  EXPECT_GE(clock_.now() - began, FallbackClient::kRowPatience);
  EXPECT_LE(clock_.now() - began, FallbackClient::kPatience + 30s);
  EXPECT_LE(first_.model.asks.size(), 1 + 6 + 25U);
}

TEST_F(FallbackClientTest, a_row_that_alone_fails_does_not_bring_the_provider_down) {
  // Six times in vain, while others are answered.
  first_.model.on_asked = [&] {
    if (first_.model.asks.size() % 2 == 1) first_.guard.note_result(std::nullopt, clock_.now() + 1s);
  };
  first_.model.always = error(ErrorKind::server_error);
  EXPECT_EQ((*judge())->provider, "second");
  EXPECT_TRUE(watch_.resting.empty());
}

TEST_F(FallbackClientTest, nobody_waits_after_the_stop) {
  first_.model.always = error(ErrorKind::connect);
  second_.model.always = error(ErrorKind::connect);
  first_.model.on_asked = [&] {
    if (first_.model.asks.size() == 8) stop_.request();
  };
  EXPECT_FALSE(judge().has_value());
  EXPECT_LE(clock_.elapsed(), 1min);
}

boost::asio::awaitable<void> judge_one(ports::LlmClient& client, std::vector<ErrorKind>& errors) {
  ports::Ask ask;
  ask.row = &fakes::a_row();
  const auto answer = co_await client.judge(ask);
  if (!answer) errors.push_back(answer.error().kind);
}

TEST(LimitedClientTest, keeps_the_pace_and_sends_nothing_after_the_stop) {
  boost::asio::io_context io;
  support::VirtualClock clock;
  StopSignal stop;
  limits::AdmissionGate gate(clock, 100, {.requests_per_minute = 60, .tokens_per_minute = std::nullopt});
  fakes::Client inner;
  inner.on_asked = [&] {
    if (inner.asks.size() == 10) stop.request();
  };
  Random random(1);
  fakes::Watch watch;
  Provider provider("first", clock, watch, stop, random);
  LimitedClient client(
      inner, gate, provider.guard, [](const ports::Ask&) { return std::uint64_t{1}; }, stop, clock);
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
    // A limit that is far away: only the pause holds back.
    limits::AdmissionGate gate(clock, workers, {.requests_per_minute = 6'000'000});
    Provider provider("first", clock, watch, stop, random);
    LimitedClient limited(
        inner, gate, provider.guard, [](const ports::Ask&) { return std::uint64_t{1}; }, stop, clock);
    RetryingClient client(limited, limits, provider.guard, clock, random, stop, watch);
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

TEST(KeyMemory, knows_a_key_that_has_worked_and_keeps_nothing_of_it) {
  fakes::Facts facts;
  const Secret key("sk-correct-horse-battery-staple");
  KeyMemory first(facts, "https://a/v1", "m", key);
  EXPECT_FALSE(first.has_worked());
  first.note_worked();
  EXPECT_TRUE(KeyMemory(facts, "https://a/v1", "m", key).has_worked());
  EXPECT_FALSE(KeyMemory(facts, "https://a/v1", "m", Secret("sk-another")).has_worked());
  EXPECT_FALSE(KeyMemory(facts, "https://a/v1", "m2", key).has_worked());
  ASSERT_EQ(facts.facts.size(), 1U);
  const auto& [name, value] = *facts.facts.begin();
  EXPECT_EQ((name + value).find("horse"), std::string::npos);
  EXPECT_EQ(value.size(), 32 + 1 + 8U) << "a salt and 32 bits";
  facts.facts[name] = "damaged";
  EXPECT_FALSE(KeyMemory(facts, "https://a/v1", "m", key).has_worked());
}

}  // namespace
}  // namespace sv::llm
