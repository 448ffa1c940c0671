// The start of a run at one provider: the first requests go ahead, the rest of the rows waits for them.
//
//   alone ───── first reply, or the longest wait ──▶ warming ─── all leaders answered, or the longest wait
//   ──▶ open
//     one request; what its refusal says about              some requests (leaders); each answer lets
//     the provider holds for all that wait                  a few rows follow (its followers)
//
// `alone` is for a provider or a key that has never answered: a wrong key then costs one request instead of
// one for each row in flight. `warming` is for the provider's prompt cache, whose entries can be hit only
// after the reply that wrote them: a burst before it would be all misses. Both are left out where nobody asks
// for them, and then this is nothing but a call.
//
// Stands outside the limiter, so that nobody holds a permit while it waits, and inside the retries.
// Single-threaded. After the stop a waiting row goes on as soon as its wait ends, at most longest_wait later;
// the limiter turns it back.
#pragma once

#include "base/clock.hpp"
#include "base/wait_queue.hpp"
#include "ports/llm_client.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace sv::llm {

struct WarmUpPlan {
  // How long the first request goes alone at most; zero: it does not.
  Duration longest_alone{};
  // Told once, with the provider's first good answer: it need not be met with caution next time.
  std::function<void()> on_first_answer;

  // How many requests are to lead the others; zero: no warming. Asked when the first request has been
  // answered (or at once, when none goes alone), so that it may depend on what that reply said. `ask` is the
  // row that would go next.
  std::function<std::size_t(const ports::Ask& ask)> leaders;
  // How many rows may follow on each leader's answer while others are still awaited.
  std::size_t followers = 0;
  Duration longest_warming{};
};

class WarmUpClient final : public ports::LlmClient {
 public:
  // `inner` and `clock` outlive the client.
  WarmUpClient(ports::LlmClient& inner, WarmUpPlan plan, Clock& clock);

  // An error that makes the provider useless for every row (wrong key, unknown model, no credit, certificate)
  // is also what the rows get that wait for a request that goes alone; they have cost nothing.
  boost::asio::awaitable<Result<domain::Answer>> judge(ports::Ask ask) override;

 private:
  enum class Stage : std::uint8_t { fresh, alone, warming, open };

  void begin(const ports::Ask& ask);
  void begin_warming(const ports::Ask& ask);
  void open();
  bool may_go() const { return stage_ == Stage::open || leaders_due_ + followers_due_ > 0; }
  boost::asio::awaitable<void> wait_for_turn();
  void wake(std::size_t rows);
  void note_leader(Stage sent_in, const ports::Ask& ask, const Result<domain::Answer>& answer);

  ports::LlmClient& inner_;
  WarmUpPlan plan_;
  Clock& clock_;
  Stage stage_ = Stage::fresh;
  std::size_t leaders_due_ = 0;  // not yet sent
  std::size_t leading_ = 0;      // sent and not yet answered
  std::size_t followers_due_ = 0;
  TimePoint stage_ends_at_{};
  std::optional<Error> useless_;  // of the request that went alone
  bool has_answered_ = false;
  WaitQueue waiting_;
  // One of those that wait keeps the time for all.
  bool has_keeper_ = false;
  Alarm keeper_;
};

}  // namespace sv::llm
