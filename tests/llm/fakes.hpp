// A provider that answers from a script, in virtual time, and what watches it.
#pragma once

#include "base/clock.hpp"
#include "ports/http_transport.hpp"
#include "ports/learnt_facts.hpp"
#include "ports/llm_client.hpp"
#include "ports/run_observer.hpp"
#include "support/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sv::llm::fakes {

inline ports::HttpResponse reply(int status, std::string body, std::string headers = "") {
  return {.status = status,
          .header_block = std::move(headers),
          .body = std::move(body),
          .elapsed = std::chrono::seconds(1)};
}

inline ports::HttpResponse verdict_reply(bool is_valid = true) {
  const std::string content = std::string(R"({\"row_code\":\"@code@\",\"issues\":[],\"is_valid\":)") +
                              (is_valid ? "true" : "false") + R"(,\"rewrite_suggestion\":\"\"})";
  return reply(200, R"({"model":"m-2026","choices":[{"message":{"content":")" + content +
                        R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5}})");
}

// The digits that the reply to this request must repeat.
inline std::string row_code_of(const boost::json::object& body) {
  const auto& messages = body.at("messages").as_array();
  const boost::json::string& user = messages.back().as_object().at("content").as_string();
  const std::string_view text(user.data(), user.size());
  constexpr std::string_view kStart = "Row code: ";
  const std::size_t at = text.find(kStart);
  return at == std::string_view::npos ? std::string() : std::string(text.substr(at + kStart.size(), 6));
}

// What stands for it in the script of a test.
constexpr std::string_view kRowCode = "@code@";

inline void fill_in_row_code(std::string& text, const std::string& code) {
  const std::size_t at = text.find(kRowCode);
  if (at != std::string::npos) text.replace(at, kRowCode.size(), code);
}

// Every request is kept; answers come from `script` in order, then from `otherwise`.
class Transport final : public ports::HttpTransport {
 public:
  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
    urls.push_back(request.endpoint->url);
    headers = request.endpoint->headers;
    bodies.push_back(boost::json::parse(request.body).as_object());
    raw_bodies.push_back(std::move(request.body));
    deadlines.push_back(request.deadline);
    Result<ports::HttpResponse> next = script.empty() ? otherwise(bodies.back()) : std::move(script.front());
    if (!script.empty()) script.pop_front();
    if (next) fill_in_row_code(next->body, row_code_of(bodies.back()));
    co_return next;
  }

  std::deque<Result<ports::HttpResponse>> script;
  std::function<Result<ports::HttpResponse>(const boost::json::object&)> otherwise = [](const auto&) {
    return verdict_reply();
  };
  std::vector<std::string> urls;
  std::vector<std::string> headers;
  std::vector<boost::json::object> bodies;
  std::vector<std::string> raw_bodies;
  std::vector<Deadline> deadlines;
};

class Facts final : public ports::LearntFacts {
 public:
  std::optional<std::string> recall(std::string_view name) const override {
    const auto found = facts.find(std::string(name));
    return found == facts.end() ? std::nullopt : std::optional(found->second);
  }
  void remember(std::string_view name, std::string_view value) override { facts[std::string(name)] = value; }
  std::map<std::string, std::string> facts;
};

class Watch final : public ports::RunObserver {
 public:
  void on_request_started(std::string_view) override { ++started; }
  void on_request_finished(const ports::RequestReport& report) override {
    ++finished;
    usage += report.usage;
    cost = report.cost;
    if (report.error) ++errors[*report.error];
  }
  void on_hedge(std::string_view) override { ++hedges; }
  void on_retry(ErrorKind reason, Duration delay) override {
    ++retries[reason];
    delays.push_back(delay);
  }
  void on_provider_resting(std::string_view provider, const Error& error) override {
    resting.push_back(std::string(provider) + ": " + error.message);
  }
  void on_provider_back(std::string_view, Duration after) override { back.push_back(after); }
  void on_provider_disabled(std::string_view provider, const Error& error) override {
    disabled.push_back(std::string(provider) + ": " + error.message);
  }
  int hedges = 0;
  int started = 0;
  int finished = 0;
  domain::Usage usage;
  std::optional<domain::Money> cost;  // of the last request
  std::map<ErrorKind, int> errors;
  std::map<ErrorKind, int> retries;
  std::vector<Duration> delays;
  std::vector<std::string> disabled;
  std::vector<std::string> resting;
  std::vector<Duration> back;
};

// Answers from a script of errors, then well.
class Client final : public ports::LlmClient {
 public:
  explicit Client(std::deque<Error> errors = {}, std::string provider = "fake")
      : script(std::move(errors)), provider_(std::move(provider)) {}
  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override {
    asks.push_back(ask);
    if (on_asked) on_asked();
    if (!script.empty()) {
      Error error = script.front();
      script.pop_front();
      co_return std::unexpected(error);
    }
    if (always) co_return std::unexpected(*always);
    domain::Answer answer;
    answer.provider = provider_;
    co_return std::make_shared<const domain::Answer>(std::move(answer));
  }
  std::deque<Error> script;
  std::optional<Error> always;
  std::function<void()> on_asked;
  std::vector<ports::Ask> asks;

 private:
  std::string provider_;
};

inline const domain::Row& a_row() {
  static const domain::Row row = [] {
    domain::Row made;
    made.status = "In progress";
    made.comment = "Сделано: \"мост\"\nПлан: —";
    return made;
  }();
  return row;
}

// Runs one judge() to its end in virtual time.
inline Result<domain::SharedAnswer> judge(boost::asio::io_context& io, support::VirtualClock& clock,
                                          ports::LlmClient& client, ports::Ask ask = {}) {
  std::optional<Result<domain::SharedAnswer>> result;
  std::exception_ptr failure;
  if (ask.row == nullptr) ask.row = &a_row();
  boost::asio::co_spawn(io, client.judge(ask),
                        [&](std::exception_ptr error, Result<domain::SharedAnswer> answer) {
                          failure = error;
                          result = std::move(answer);
                        });
  support::run_until_idle(io, clock);
  if (failure) std::rethrow_exception(failure);
  if (!result) return fail(ErrorKind::cancelled, "the call hangs");
  return std::move(*result);
}

}  // namespace sv::llm::fakes
