// The start of a run at one provider: some requests go ahead (leaders), the rest of the rows waits until they
// are answered. For the provider's prompt cache, whose entries can be hit only after the reply that wrote
// them: a burst before it would be all misses.
//
//   fresh ── first judge() ──▶ warming: each leader's answer lets ── all leaders answered, ──▶ open
//     └─────── no leaders      some rows follow (its followers)       or enough waited          ▲
//                 └─────────────────────────────────────────────────────────────────────────────┘
//
// Once open, this is nothing but a call; a probe never waits. Stands outside the limiter, so that nobody
// holds a permit while it waits, and inside the retries. Single-threaded. After the stop a waiting row goes
// on as soon as its wait ends; the limiter turns it back.
#pragma once

#include "base/clock.hpp"
#include "base/wait_queue.hpp"
#include "ports/llm_client.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace sv::llm {

struct WarmUpPlan {
  // How many requests are to lead the others; zero: nobody waits. `ask` is the first row.
  std::function<std::size_t(const ports::Ask& ask)> leaders;
  // How many rows may follow on each leader's answer while others are still awaited.
  std::size_t followers = 0;
  // Warming ends after longest_warming, but not while leaders are answered: not before longest_silence
  // without an answer.
  Duration longest_warming{};
  Duration longest_silence{};
};

class WarmUpClient final : public ports::LlmClient {
 public:
  // `inner` and `clock` outlive the client.
  WarmUpClient(ports::LlmClient& inner, WarmUpPlan plan, Clock& clock);

  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override;

  // Nobody waits for leaders any more.
  void open();
  // Rows that wait for leaders' answers.
  std::size_t waiting() const { return waiting_.waiting() + (has_keeper_ ? 1 : 0); }

 private:
  enum class Stage : std::uint8_t { fresh, warming, open };

  void begin(const ports::Ask& ask);
  bool may_go() const { return stage_ == Stage::open || leaders_due_ + followers_due_ > 0; }
  boost::asio::awaitable<void> wait_for_turn();
  void wake(std::size_t rows);
  void note_leader(bool is_answered);

  ports::LlmClient& inner_;
  WarmUpPlan plan_;
  Clock& clock_;
  Stage stage_ = Stage::fresh;
  std::size_t leaders_due_ = 0;  // not yet sent
  std::size_t leading_ = 0;      // sent and not yet answered
  std::size_t followers_due_ = 0;
  TimePoint warming_ends_at_{};
  WaitQueue waiting_;
  // One of those that wait keeps the time for all.
  bool has_keeper_ = false;
  Alarm keeper_;
};

}  // namespace sv::llm
