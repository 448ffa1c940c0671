// Two machines, one tab (reliability.md R-22): one of them writes, the other one is told so, and no row is
// there twice.
#include "scenario/sheets_world.hpp"
#include "sheets/tab_lease.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

namespace sv::scenario {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kProjects = 40;

sheets::LeaseHolder holder(const std::string& name) { return {.id = name, .words = "process 7 on " + name}; }

// A run with its own source, cache and answers; only the spreadsheet is the same.
struct Machine {
  Machine(SheetsWorld& with, std::string called) : world(with), name(std::move(called)) {}

  SheetsWorld& world;
  std::string name;
  engine::fakes::Source source{projects(kProjects), true};
  engine::fakes::Cache cache{world.io, world.clock};
  engine::fakes::Watch watch;
  StopSignal stop;
  std::unique_ptr<sheets::SheetsSink> sink;
  std::optional<Error> refusal;
  std::optional<engine::RunResult> result;

  std::unique_ptr<sheets::TabLease> lease() const {
    return std::make_unique<sheets::TabLease>(world.client, world.clock, "doc", world.tab, holder(name));
  }

  // As cli/assemble_sheets.cpp does it.
  boost::asio::awaitable<void> work(Duration delay) {
    const TimePoint when = world.clock.now() + delay;
    co_await world.clock.sleep_until(when);
    const auto first = lease();
    const Result<void> taken = co_await first->take();
    if (!taken) {
      refusal = taken.error();
      co_return;
    }
    Result<sheets::TargetTab> tab = co_await sheets::read_target(world.client, world.request());
    if (!tab) throw std::runtime_error(tab.error().message);
    sink =
        *sheets::SheetsSink::open(world.client, world.random, world.request(), std::move(*tab), 10, lease());
    result = co_await engine::run({.executor = world.io.get_executor(),
                                   .source = source,
                                   .sink = *sink,
                                   .cache = cache,
                                   .llm = world.llm,
                                   .keys = world.keys,
                                   .rulebook = world.rulebook,
                                   .observer = watch,
                                   .clock = world.clock,
                                   .stop = stop},
                                  {.workers = 5});
  }
};

void run_together(SheetsWorld& world, std::vector<boost::asio::awaitable<void>> tasks) {
  std::exception_ptr failure;
  for (auto& task : tasks) {
    boost::asio::co_spawn(world.io, std::move(task), [&](std::exception_ptr error) {
      if (error) failure = std::move(error);
    });
  }
  support::run_until_idle(world.io, world.clock);
  if (failure) std::rethrow_exception(failure);
}

TEST(SheetsLease, of_two_machines_one_writes_and_no_row_is_there_twice) {
  Random random(22);
  int refused = 0;
  for (int trial = 0; trial < 100 && !testing::Test::HasFailure(); ++trial) {
    SheetsWorld world({});
    world.source = engine::fakes::Source({}, true);
    Machine one(world, "one");
    Machine other(world, "other");
    std::vector<boost::asio::awaitable<void>> tasks;
    tasks.push_back(one.work(from_seconds(random.uniform() * 5)));
    tasks.push_back(other.work(from_seconds(random.uniform() * 5)));
    run_together(world, std::move(tasks));
    int written = 0;
    for (const Machine* machine : {&one, &other}) {
      if (machine->refusal) {
        ++refused;
        EXPECT_EQ(machine->refusal->kind, ErrorKind::already_locked) << machine->refusal->message;
        EXPECT_NE(machine->refusal->message.find(machine == &one ? "process 7 on other" : "process 7 on one"),
                  std::string::npos)
            << machine->refusal->message;
        EXPECT_FALSE(machine->result) << "nothing was asked";
        continue;
      }
      ASSERT_TRUE(machine->result) << trial;
      EXPECT_FALSE(machine->result->error) << trial << ": " << machine->result->error->message;
      EXPECT_TRUE(machine->result->is_written) << trial;
      ++written;
    }
    EXPECT_GE(written, 1);
    std::map<std::string, int> names;
    for (const auto& cells : cells_of(world.target_tab())) ++names[cells.at(1)];
    EXPECT_EQ(names.size(), kProjects + 1) << trial << ": the header and each project";
    for (const auto& [name, count] : names) EXPECT_EQ(count, 1) << trial << ": " << name;
    EXPECT_TRUE(world.document().metadata.empty()) << trial << ": the lease was given back";
  }
  EXPECT_GT(refused, 30) << "they were to meet";
}

class TabLeaseTest : public testing::Test {
 protected:
  TabLeaseTest() { world_.clock.advance(1h); }
  std::unique_ptr<sheets::TabLease> lease(const std::string& name, const std::string& tab = "Review") {
    return std::make_unique<sheets::TabLease>(world_.client, world_.clock, "doc", tab, holder(name));
  }
  std::optional<ErrorKind> take(sheets::TabLease& lease) {
    const Result<void> taken = world_.wait_for(lease.take());
    return taken ? std::nullopt : std::optional(taken.error().kind);
  }
  std::optional<ErrorKind> keep(sheets::TabLease& lease) {
    const Result<void> kept = world_.wait_for(lease.keep());
    return kept ? std::nullopt : std::optional(kept.error().kind);
  }
  std::uint64_t calls() const { return world_.model.ledger().reads() + world_.model.ledger().writes(); }

  SheetsWorld world_{projects(1)};
};

TEST_F(TabLeaseTest, is_of_one_tab_whatever_its_case) {
  const auto one = lease("one");
  EXPECT_EQ(take(*one), std::nullopt);
  EXPECT_EQ(take(*lease("other")), ErrorKind::already_locked);
  EXPECT_EQ(take(*lease("other", "REVIEW")), ErrorKind::already_locked);
  EXPECT_EQ(take(*lease("other", "Another")), std::nullopt);
}

TEST_F(TabLeaseTest,
       of_a_run_that_was_killed_is_gone_on_with_by_its_machine_at_once_and_by_others_in_ten_minutes) {
  EXPECT_EQ(take(*lease("one")), std::nullopt);
  EXPECT_EQ(take(*lease("one")), std::nullopt);
  world_.clock.advance(9min);
  EXPECT_EQ(take(*lease("other")), ErrorKind::already_locked);
  world_.clock.advance(2min);
  EXPECT_EQ(take(*lease("other")), std::nullopt);
}

TEST_F(TabLeaseTest, is_renewed_now_and_then) {
  const auto one = lease("one");
  EXPECT_EQ(take(*one), std::nullopt);
  const std::uint64_t before = calls();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(keep(*one), std::nullopt);
  EXPECT_EQ(calls(), before) << "not at each write";
  for (int minutes = 0; minutes < 60; minutes += 3) {
    world_.clock.advance(3min);
    EXPECT_EQ(keep(*one), std::nullopt);
  }
  EXPECT_EQ(take(*lease("other")), ErrorKind::already_locked);
  EXPECT_EQ(world_.document().metadata.size(), 1U);
}

TEST_F(TabLeaseTest, that_was_slept_through_is_noticed_before_the_next_write) {
  const auto one = lease("one");
  EXPECT_EQ(take(*one), std::nullopt);
  world_.clock.advance(30min);
  EXPECT_EQ(take(*lease("other")), std::nullopt);
  EXPECT_EQ(keep(*one), ErrorKind::already_locked);
}

TEST_F(TabLeaseTest, is_given_back_and_never_somebody_elses) {
  const auto one = lease("one");
  EXPECT_EQ(take(*one), std::nullopt);
  world_.clock.advance(30min);
  const auto other = lease("other");
  EXPECT_EQ(take(*other), std::nullopt);
  const auto give_back = [&](sheets::TabLease& of) {
    EXPECT_TRUE(world_.wait_for([](sheets::TabLease& l) -> boost::asio::awaitable<Result<void>> {
      co_await l.give_back();
      co_return Result<void>();
    }(of)));
  };
  give_back(*one);
  EXPECT_EQ(world_.document().metadata.size(), 1U);
  give_back(*other);
  EXPECT_TRUE(world_.document().metadata.empty());
  EXPECT_EQ(take(*one), std::nullopt);
}

TEST_F(TabLeaseTest, that_nobody_can_read_holds_nobody_up) {
  EXPECT_EQ(take(*lease("one")), std::nullopt);
  for (const char* value : {"", "[]", "{\"until\":\"for ever\",\"holder\":7}"}) {
    world_.document().metadata[0].get_object()["metadataValue"] = value;
    EXPECT_EQ(take(*lease("other")), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace sv::scenario
