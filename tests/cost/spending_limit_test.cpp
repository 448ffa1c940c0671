#include "cost/spending_limit.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <optional>

namespace sv::cost {
namespace {

domain::Money usd(std::int64_t trillionths) { return {trillionths, {}}; }

// Reservations of coroutines on one loop; what has been decided so far.
struct Desk {
  boost::asio::io_context io;
  SpendingLimit limit;
  explicit Desk(const SpendingLimit::Limits& limits) : limit(limits) {}

  std::shared_ptr<std::optional<bool>> ask(const domain::Money& most, bool may_wait = true) {
    auto decided = std::make_shared<std::optional<bool>>();
    boost::asio::co_spawn(io, limit.reserve(most, may_wait),
                          [decided](const std::exception_ptr&, bool is_free) { *decided = is_free; });
    settle_down();
    return decided;
  }
  void settle(const domain::Money& reserved, const domain::Money& charged) {
    limit.settle(reserved, charged);
    settle_down();
  }
  void settle_down() {
    io.restart();
    io.poll();
  }
};

TEST(SpendingLimit, waits_for_what_is_in_flight_before_it_says_no) {
  Desk desk({.most = usd(100)});
  EXPECT_EQ(*desk.ask(usd(60)), true);
  const auto second = desk.ask(usd(60));
  EXPECT_FALSE(second->has_value()) << "the first may cost less than it can";
  desk.settle(usd(60), usd(10));
  EXPECT_EQ(*second, true);
  const auto third = desk.ask(usd(60));
  desk.settle(usd(60), usd(60));
  EXPECT_EQ(*third, false) << "70 of 100 are spent and nothing is in flight";
  EXPECT_TRUE(desk.limit.is_reached());
  EXPECT_EQ(*desk.ask(usd(1)), false) << "for good";
  EXPECT_NE(desk.limit.reason(), "");
}

TEST(SpendingLimit, a_hedge_does_not_wait_and_does_not_end_the_run) {
  Desk desk({.most = usd(100)});
  EXPECT_EQ(*desk.ask(usd(60)), true);
  EXPECT_EQ(*desk.ask(usd(60), false), false);
  EXPECT_FALSE(desk.limit.is_reached());
}

TEST(SpendingLimit, counts_requests_without_waiting) {
  Desk desk({.most_requests = 3, .requests_before = 1});
  EXPECT_EQ(*desk.ask({}), true);
  EXPECT_EQ(*desk.ask({}), true);
  EXPECT_EQ(*desk.ask({}), false);
  EXPECT_EQ(desk.limit.reason(), "the limit of 3 requests is reached");
}

TEST(SpendingLimit, what_earlier_processes_spent_counts) {
  Desk desk({.most = usd(100), .spent_before = usd(95)});
  EXPECT_EQ(*desk.ask(usd(5)), true);
  desk.settle(usd(5), usd(5));
  EXPECT_EQ(*desk.ask(usd(1)), false);
}

TEST(SpendingLimit, what_is_held_for_batches_takes_its_room_and_is_not_waited_for) {
  Desk desk({.most = usd(100), .most_requests = 10});
  EXPECT_TRUE(desk.limit.has_room(usd(100), 10));
  EXPECT_FALSE(desk.limit.has_room(usd(101), 1));
  EXPECT_FALSE(desk.limit.has_room(usd(1), 11));
  desk.limit.hold(usd(70), 6);
  EXPECT_FALSE(desk.limit.has_room(usd(31), 1));
  EXPECT_TRUE(desk.limit.has_room(usd(30), 4));
  desk.limit.settle_held(usd(70), usd(20), 0);
  EXPECT_EQ(desk.limit.spent(), usd(20));
  EXPECT_TRUE(desk.limit.has_room(usd(80), 4));
  desk.limit.hold(usd(80), 4);
  EXPECT_EQ(*desk.ask(usd(1)), false);
}

TEST(SpendingLimit, a_batch_that_never_was_gives_everything_back) {
  SpendingLimit limit({.most = usd(100), .most_requests = 10});
  limit.hold(usd(100), 10);
  limit.settle_held(usd(100), {}, 10);
  EXPECT_TRUE(limit.has_room(usd(100), 10));
  // Of an earlier process, which was paid in another currency.
  limit.hold(domain::Money(5, *domain::Currency::parse("EUR")), 0);
  limit.settle_held(domain::Money(5, *domain::Currency::parse("EUR")), {}, 0);
  EXPECT_TRUE(limit.has_room(usd(100), 10));
}

TEST(SpendingLimit, batches_cost_half_rounded_up) {
  EXPECT_EQ(batch_cost(usd(101)), usd(51));
  EXPECT_EQ(batch_cost(usd(100)), usd(50));
}

TEST(SpendingLimit, a_cached_token_is_reserved_at_the_dearest_price) {
  const domain::TokenPrices prices{.input = 10, .cached_input = 1, .cache_write = 12, .output = 40};
  EXPECT_GE(most_of(1000, 100, prices).trillionths(), 1000 * 12 + 100 * 40);
}

// Any order of asking and settling, each request charged at most what was reserved for it.
RC_GTEST_PROP(SpendingLimit, never_lets_more_be_spent_and_leaves_nobody_waiting, ()) {
  const std::int64_t most = *rc::gen::inRange<std::int64_t>(1, 1000);
  Desk desk({.most = usd(most)});
  struct Request {
    std::int64_t reserved;
    std::shared_ptr<std::optional<bool>> decided;
  };
  std::deque<Request> open;
  std::int64_t charged = 0;
  std::int64_t reserved_in_flight = 0;
  const auto settle_one = [&](std::size_t at, std::int64_t cost) {
    charged += cost;
    desk.settle(usd(open[at].reserved), usd(cost));
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
  };
  const auto check = [&] {
    reserved_in_flight = 0;
    for (const Request& request : open) {
      if (request.decided->value_or(false)) reserved_in_flight += request.reserved;
    }
    RC_ASSERT(charged + reserved_in_flight <= most);
    std::erase_if(open,
                  [](const Request& request) { return request.decided->has_value() && !**request.decided; });
  };
  const int steps = *rc::gen::inRange(1, 60);
  for (int step = 0; step < steps; ++step) {
    std::vector<std::size_t> sent;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i].decided->value_or(false)) sent.push_back(i);
    }
    if (sent.empty() || *rc::gen::arbitrary<bool>()) {
      const std::int64_t reserved = *rc::gen::inRange<std::int64_t>(0, 200);
      open.push_back({reserved, desk.ask(usd(reserved))});
    } else {
      const std::size_t at = *rc::gen::elementOf(sent);
      settle_one(at, *rc::gen::inRange<std::int64_t>(0, open[at].reserved + 1));
    }
    check();
  }
  for (;;) {
    std::size_t at = 0;
    while (at < open.size() && !open[at].decided->value_or(false)) ++at;
    if (at == open.size()) break;
    settle_one(at, open[at].reserved);
    check();
  }
  RC_ASSERT(open.empty());
  RC_ASSERT(desk.limit.waiting() == 0U);
}

}  // namespace
}  // namespace sv::cost
