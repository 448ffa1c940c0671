#include "engine/count_rows.hpp"

#include "engine/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace sv::engine {
namespace {

struct CountWorld : World {
  explicit CountWorld(std::vector<domain::Row> rows) : World(std::move(rows), true) {}

  RunResult play(bool must_ask_all) {
    fakes::Sink sink;
    return run_into(sink, {.must_ask_all = must_ask_all});
  }

  RowCounts count(bool must_ask_all, ports::OutcomeSink* target = nullptr, std::chrono::sys_days today = {}) {
    source.reopen();
    std::optional<Result<RowCounts>> counts;
    boost::asio::co_spawn(io,
                          count_rows({.source = source,
                                      .cache = cache,
                                      .keys = keys,
                                      .must_ask_all = must_ask_all,
                                      .target = target,
                                      .today = today},
                                     [this](const domain::Row&) { ++told; }),
                          [&](std::exception_ptr, Result<RowCounts> value) { counts = std::move(value); });
    support::run_until_idle(io, clock);
    return **counts;
  }

  std::uint64_t told = 0;
};

RC_GTEST_PROP(CountRowsProperty, a_run_does_what_was_counted, ()) {
  const auto comments = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12));
  const auto known = *rc::gen::inRange<std::size_t>(0, comments.size() + 1);
  const bool must_ask_all = *rc::gen::arbitrary<bool>();
  std::vector<domain::Row> rows;
  for (std::size_t i = 0; i < comments.size(); ++i) {
    // Every fifth row has no identifier.
    rows.push_back(fakes::make_row(i, "comment " + std::to_string(comments[i]),
                                   comments[i] % 5 == 4 ? "" : "P" + std::to_string(i)));
  }
  CountWorld world(std::vector<domain::Row>(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(known)));
  world.play(false);
  world.cache.start_new_run();
  world.source = fakes::Source(rows, true);
  const RowCounts counts = world.count(must_ask_all);
  const int asked_before = world.llm.total_asked();
  const RunResult result = world.play(must_ask_all);
  RC_ASSERT(counts.rows == rows.size());
  RC_ASSERT(counts.to_ask == static_cast<std::uint64_t>(world.llm.total_asked() - asked_before));
  RC_ASSERT(counts.to_ask == world.told);
  RC_ASSERT(counts.skipped == result.counts.skipped);
  RC_ASSERT(counts.cached + counts.duplicates == result.counts.cached);
}

TEST(CountRows, rows_that_are_due_are_asked_about_again) {
  using namespace std::chrono;
  CountWorld world({fakes::make_row(0, "a", "A"), fakes::make_row(1, "b", "B")});
  world.play(false);
  world.cache.start_new_run();
  fakes::Sink target;
  target.existing = {{.place = 0, .identifier = "A", .check_date = "05.01.2026 09:00"},
                     {.place = 1, .identifier = "B", .check_date = "25.11.2026 09:00"}};
  EXPECT_EQ(world.count(false).to_ask, 0U);
  EXPECT_EQ(world.count(false, &target, sys_days(2026y / November / 26)).to_ask, 1U);
}

}  // namespace
}  // namespace sv::engine
