// What a row pays for waiting in line: channels and permits.
#include "base/channel.hpp"
#include "base/task_group.hpp"
#include "limits/permits.hpp"

#include <benchmark/benchmark.h>
#include <boost/asio/io_context.hpp>

#include <optional>

namespace sv::bench {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> push_numbers(Channel<int>& channel, int count) {
  for (int i = 0; i < count; ++i) {
    const bool pushed = co_await channel.push(i);
    if (!pushed) co_return;
  }
  channel.close();
}

asio::awaitable<void> pop_numbers(Channel<int>& channel) {
  for (;;) {
    const std::optional<int> value = co_await channel.pop();
    if (!value) co_return;
    benchmark::DoNotOptimize(*value);
  }
}

void channel_through_a_small_buffer(benchmark::State& state) {
  constexpr int kItems = 10'000;
  asio::io_context io(1);
  for (auto iteration : state) {
    Channel<int> channel(static_cast<std::size_t>(state.range(0)));
    TaskGroup group(io.get_executor());
    group.spawn(push_numbers(channel, kItems));
    group.spawn(pop_numbers(channel));
    io.restart();
    io.run();
  }
  state.SetItemsProcessed(state.iterations() * kItems);
}
BENCHMARK(channel_through_a_small_buffer)->Arg(1)->Arg(64);

asio::awaitable<void> take_turns(limits::Permits& permits, int turns) {
  for (int i = 0; i < turns; ++i) {
    const limits::Permit permit = co_await permits.acquire();
    benchmark::DoNotOptimize(permits.in_flight());
  }
}

// 100 coroutines on so many permits.
void permits_under_contention(benchmark::State& state) {
  constexpr int kCoroutines = 100;
  constexpr int kTurns = 100;
  asio::io_context io(1);
  for (auto iteration : state) {
    limits::Permits permits(static_cast<std::size_t>(state.range(0)));
    TaskGroup group(io.get_executor());
    for (int i = 0; i < kCoroutines; ++i) group.spawn(take_turns(permits, kTurns));
    io.restart();
    io.run();
  }
  state.SetItemsProcessed(state.iterations() * kCoroutines * kTurns);
}
BENCHMARK(permits_under_contention)->Arg(1)->Arg(10)->Arg(1000);

void permit_without_waiting(benchmark::State& state) {
  limits::Permits permits(1);
  for (auto iteration : state) {
    std::optional<limits::Permit> permit = permits.try_acquire();
    benchmark::DoNotOptimize(permit);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(permit_without_waiting);

}  // namespace
}  // namespace sv::bench
