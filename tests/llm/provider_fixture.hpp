// One provider as the assembly puts it together, with a script in place of the model, and rows that ask it.
#pragma once

#include "base/random.hpp"
#include "base/stop_signal.hpp"
#include "base/task_group.hpp"
#include "llm/fakes.hpp"
#include "llm/key_memory.hpp"
#include "llm/limited_client.hpp"
#include "llm/provider_guard.hpp"
#include "llm/retrying_client.hpp"

#include <string>
#include <vector>

namespace sv::llm::fakes {

struct Provider {
  Provider(const std::string& name, Clock& clock, ports::RunObserver& observer, const StopSignal& stop,
           Random& random, bool has_worked = true, std::size_t in_flight = 100)
      : gate(clock, in_flight),
        memory(facts, "https://" + name, "m", Secret("the key of " + name)),
        guard(name, gate, (has_worked ? memory.note_worked() : void(), memory), clock, observer),
        model({}, name),
        limited(
            model, gate, guard, [](const ports::Ask&) { return std::uint64_t{1}; }, stop, clock),
        retrying(limited, {}, guard, clock, random, stop, observer) {}

  Facts facts;
  limits::AdmissionGate gate;
  KeyMemory memory;
  ProviderGuard guard;
  Client model;
  LimitedClient limited;
  RetryingClient retrying;
};

inline boost::asio::awaitable<void> join(TaskGroup& group) { co_await group.join(); }

inline boost::asio::awaitable<void> judge_named(ports::LlmClient& client, std::vector<std::string>& names) {
  ports::Ask ask;
  ask.row = &a_row();
  const auto answer = co_await client.judge(ask);
  names.push_back(answer ? (*answer)->provider : answer.error().message);
}

}  // namespace sv::llm::fakes
