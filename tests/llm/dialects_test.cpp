// What each provider says when it refuses, as the simulation imitates it, and what the client makes of it:
// the same trouble must be the same trouble, whoever words it. The bodies stand in llm/golden/dialects.txt.
#include "limits/rate_headers.hpp"
#include "limits/rate_text.hpp"
#include "limits/retry_policy.hpp"
#include "llm/capabilities.hpp"
#include "llm/chat_reply.hpp"
#include "sim/llm_model.hpp"
#include "support/golden.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <ostream>
#include <string>
#include <tuple>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;
using limits::RefusedQuota;
using sim::Dialect;

constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 25);
const TimePoint kStart{Duration(std::chrono::hours(1))};
constexpr std::string_view kBody =
    R"({"model":"m-1","temperature":0.5,"messages":[{"role":"user","content":"Is this row well?"}],"max_tokens":100})";
constexpr std::array kDialects{Dialect::openai,    Dialect::azure,     Dialect::groq, Dialect::openrouter,
                               Dialect::gemini,    Dialect::anthropic, Dialect::vllm, Dialect::ollama,
                               Dialect::yandexgpt, Dialect::gigachat};

enum class Action : std::uint8_t {
  wait,             // all rows of the provider, then the same row again
  ask_again,        // this row, after a back-off; the circuit breaker counts it
  ask_without,      // the field that was refused
  leave_provider,   // for the rest of the run
  give_up_the_row,  // at this provider
};
constexpr std::array<std::string_view, 5> kActionNames{"wait", "ask again", "ask without the field",
                                                       "leave the provider", "give up the row"};

struct Trouble {
  std::string_view name;
  std::function<void(sim::LlmOptions&)> set;
  ErrorKind kind{};
  Action action{};
  int requests = 1;  // the last one is refused
};

sim::FaultPlan always(std::string_view fault) {
  sim::FaultPlan plan;
  EXPECT_TRUE(plan.add(std::string(fault) + "=100%"));
  return plan;
}

const std::array<Trouble, 11>& troubles() {
  static const std::array<Trouble, 11> all{{
      {"requests of a minute", [](auto& options) { options.rpm = 1; }, ErrorKind::rate_limited, Action::wait,
       2},
      {"tokens of a minute", [](auto& options) { options.tpm = 150; }, ErrorKind::rate_limited, Action::wait,
       2},
      {"requests at a time",
       [](auto& options) {
         options.limiter = sim::LimiterKind::concurrency;
         options.concurrency = 1;
         options.latency = sim::Latency::fixed(1s);
       },
       ErrorKind::rate_limited, Action::wait, 2},
      {"requests of a day", [](auto& options) { options.rpd = 1; }, ErrorKind::quota_exhausted,
       Action::leave_provider, 2},
      {"more than a minute's tokens", [](auto& options) { options.tpm = 99; }, ErrorKind::too_large,
       Action::give_up_the_row},
      {"exhausted credit", [](auto& options) { options.faults = always("quota"); },
       ErrorKind::quota_exhausted, Action::leave_provider},
      {"bad key", [](auto& options) { options.api_key = Secret("another-key-than-that"); },
       ErrorKind::unauthorized, Action::leave_provider},
      {"unknown model", [](auto& options) { options.only_model = "m-2"; }, ErrorKind::unknown_model,
       Action::leave_provider},
      {"refused parameter",
       [](auto& options) { options.refused = sim::parse_parameters("temperature").value(); },
       ErrorKind::bad_request, Action::ask_without},
      {"overload, 503", [](auto& options) { options.faults = always("503"); }, ErrorKind::overloaded,
       Action::ask_again},
      {"overload, 529", [](auto& options) { options.faults = always("529"); }, ErrorKind::overloaded,
       Action::ask_again},
  }};
  return all;
}

// What Ollama says of requests at a time is a 503: it queues 512 before that.
ErrorKind expected_kind(Dialect dialect, const Trouble& trouble) {
  const bool is_queue_full = dialect == Dialect::ollama && trouble.name == "requests at a time";
  return is_queue_full ? ErrorKind::overloaded : trouble.kind;
}
Action expected_action(Dialect dialect, const Trouble& trouble) {
  return expected_kind(dialect, trouble) == trouble.kind ? trouble.action : Action::ask_again;
}

ports::HttpResponse refusal_of(Dialect dialect, const Trouble& trouble) {
  sim::LlmOptions options;
  options.dialect = dialect;
  trouble.set(options);
  sim::LlmModel model(std::move(options));
  sim::ModelReply reply;
  for (int i = 0; i < trouble.requests; ++i) reply = model.answer_chat(kBody, "that-key", kStart, kNow);
  return {.status = reply.status,
          .header_block = "HTTP/1.1 " + std::to_string(reply.status) + "\r\n" + reply.headers,
          .body = reply.body,
          .elapsed = 1s};
}

Action action_after(const ChatResult& result) {
  const Error& error = result.reply.error();
  if (limits::disables_provider(error.kind)) return Action::leave_provider;
  if (error.kind == ErrorKind::bad_request &&
      after_refusal({}, {.parameter = result.refused_parameter, .message = result.refusal_text})) {
    return Action::ask_without;
  }
  limits::RetryState state;
  Random random(1);
  if (!limits::next_delay({}, state, error, random)) return Action::give_up_the_row;
  return limits::is_failure_on_the_way(error.kind) ? Action::ask_again : Action::wait;
}

std::string_view name_of(RefusedQuota refused) {
  constexpr std::array<std::string_view, 5> kNames{"nothing named", "requests", "tokens", "slots", "growth"};
  return kNames.at(static_cast<std::size_t>(refused));
}

using DialectAndTrouble = std::tuple<Dialect, std::size_t>;
class Dialects : public testing::TestWithParam<DialectAndTrouble> {};

TEST_P(Dialects, say_the_same_of_the_same_trouble) {
  const Dialect dialect = std::get<0>(GetParam());
  const Trouble& trouble = troubles().at(std::get<1>(GetParam()));
  const ports::HttpResponse response = refusal_of(dialect, trouble);
  const ChatResult result = read_chat_reply(response, kNow);
  ASSERT_FALSE(result.reply) << response.body;
  EXPECT_EQ(to_string(result.reply.error().kind), to_string(expected_kind(dialect, trouble)))
      << response.body;
  EXPECT_EQ(kActionNames.at(static_cast<std::size_t>(action_after(result))),
            kActionNames.at(static_cast<std::size_t>(expected_action(dialect, trouble))));
}

INSTANTIATE_TEST_SUITE_P(All, Dialects,
                         testing::Combine(testing::ValuesIn(kDialects),
                                          testing::Range(std::size_t{0}, troubles().size())),
                         [](const auto& info) {
                           std::string name(troubles().at(std::get<1>(info.param)).name);
                           for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return std::string(to_string(std::get<0>(info.param))) + "_" + name;
                         });

// How long to wait, and for what, is heard wherever it is said.
TEST(Dialects, waits_and_what_they_are_for_are_heard) {
  for (const Dialect dialect : kDialects) {
    for (const std::size_t minute : {std::size_t{0}, std::size_t{1}}) {
      const ports::HttpResponse response = refusal_of(dialect, troubles().at(minute));
      const ChatResult result = read_chat_reply(response, kNow);
      const std::optional<Duration> wait = result.reply.error().retry_after;
      ASSERT_TRUE(wait) << to_string(dialect);
      // One of one a minute; 50 tokens too many of 150 a minute.
      EXPECT_EQ(*wait, minute == 0 ? 60s : 20s) << to_string(dialect);
      EXPECT_EQ(name_of(limits::read_rate_text(response.body).refused), minute == 0 ? "requests" : "tokens")
          << to_string(dialect) << ' ' << response.body;
    }
  }
}

// OpenRouter's own failures, and those of the providers behind it with HTTP 200.
TEST(Dialects, an_error_within_a_200_is_the_error_that_it_names) {
  sim::LlmOptions options;
  options.dialect = Dialect::openrouter;
  options.faults = always("error-200");
  sim::LlmModel model(std::move(options));
  const sim::ModelReply reply = model.answer_chat(kBody, "key", kStart, kNow);
  EXPECT_EQ(reply.status, 200);
  const ChatResult result =
      read_chat_reply({.status = 200, .header_block = {}, .body = reply.body, .elapsed = 1s}, kNow);
  ASSERT_FALSE(result.reply);
  EXPECT_EQ(result.reply.error().kind, ErrorKind::server_error);
}

TEST(Dialects, a_days_limit_says_what_to_do) {
  const ports::HttpResponse response = refusal_of(Dialect::groq, troubles().at(3));
  const ChatResult result = read_chat_reply(response, kNow);
  const std::string& message = result.reply.error().message;
  EXPECT_TRUE(message.contains("requests per day (RPD): Limit 1, Used 1, Requested 1")) << message;
  EXPECT_TRUE(message.contains("run again when there is more of it")) << message;
  EXPECT_TRUE(message.contains("second provider")) << message;
}

TEST(Dialects, bodies_are_as_recorded) {
  std::string text =
      "What the simulation says in each dialect, and what the client makes of it "
      "(tests/llm/dialects_test.cpp).\n";
  for (const Dialect dialect : kDialects) {
    for (const Trouble& trouble : troubles()) {
      const ports::HttpResponse response = refusal_of(dialect, trouble);
      const ChatResult result = read_chat_reply(response, kNow);
      std::string headers;
      for (const std::string_view name : {"retry-after", "retry-after-ms", "x-should-retry"}) {
        if (const auto value = response.header(name)) headers += fmt::format("  {}: {}\n", name, *value);
      }
      const Error& error = result.reply.error();
      text +=
          fmt::format("\n{}, {}: {}, {}{}\n  HTTP {}\n{}  {}\n", to_string(dialect), trouble.name,
                      to_string(error.kind), kActionNames.at(static_cast<std::size_t>(action_after(result))),
                      error.retry_after ? fmt::format(" {} s", to_seconds(*error.retry_after)) : "",
                      response.status, headers, response.body);
    }
  }
  support::expect_golden("llm/golden/dialects.txt", text);
}

}  // namespace
}  // namespace sv::llm
