#include "http/first_connection.hpp"

#include "base/task_group.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using Part = FirstConnection::Part;

// Time stands still but for the timer, which is Asio's.
class StandingClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return {}; }
  asio::awaitable<void> sleep_until(TimePoint when) override { return SystemClock().sleep_until(when); }
  asio::awaitable<void> sleep_until(TimePoint when, Alarm& alarm) override {
    return SystemClock().sleep_until(when, alarm);
  }
  void advance(Duration by) { now_ += by; }

 private:
  TimePoint now_{std::chrono::hours(1)};
};

asio::awaitable<void> note_part(std::shared_ptr<FirstConnection> first, std::vector<std::string>& parts) {
  Part part = first->ask();
  while (part == Part::waits) {
    co_await first->wait();
    part = first->ask();
  }
  parts.emplace_back(part == Part::leads ? "leads" : "follows");
}

class FirstConnectionTest : public ::testing::Test {
 protected:
  std::shared_ptr<FirstConnection> make(Duration longest_lead = std::chrono::hours(1)) {
    return std::make_shared<FirstConnection>(io_.get_executor(), clock_, longest_lead);
  }
  void poll() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_{1};
  StandingClock clock_;
  std::vector<std::string> parts_;
  TaskGroup group_{io_.get_executor()};
};

TEST_F(FirstConnectionTest, one_leads_and_the_others_follow_when_it_is_connected) {
  const auto first = make();
  for (int i = 0; i < 4; ++i) group_.spawn(note_part(first, parts_));
  poll();
  EXPECT_EQ(parts_, (std::vector<std::string>{"leads"}));
  first->connected();
  poll();
  EXPECT_EQ(parts_, (std::vector<std::string>{"leads", "follows", "follows", "follows"}));
  first->ended_unconnected();  // as every leader says at its end
  EXPECT_EQ(first->ask(), Part::follows);
}

TEST_F(FirstConnectionTest, the_next_leads_when_the_leader_ended_unconnected) {
  const auto first = make();
  for (int i = 0; i < 3; ++i) group_.spawn(note_part(first, parts_));
  poll();
  first->ended_unconnected();
  poll();
  EXPECT_EQ(parts_, (std::vector<std::string>{"leads", "leads"}));
  first->ended_unconnected();
  poll();
  EXPECT_EQ(parts_, (std::vector<std::string>{"leads", "leads", "leads"}));
  first->ended_unconnected();
  io_.restart();
  EXPECT_EQ(io_.run(), 1U) << "only the cancelled timer is left";
}

TEST_F(FirstConnectionTest, a_leader_that_takes_too_long_is_not_waited_for) {
  const auto first = make(milliseconds(5));
  for (int i = 0; i < 3; ++i) group_.spawn(note_part(first, parts_));
  io_.run();
  EXPECT_EQ(parts_, (std::vector<std::string>{"leads", "follows", "follows"}));
}

TEST_F(FirstConnectionTest, names_are_looked_up_anew_when_the_cache_has_forgotten_them) {
  const auto first = make();
  EXPECT_EQ(first->ask(), Part::leads);
  first->connected();
  clock_.advance(FirstConnection::kOpenTime - milliseconds(1));
  EXPECT_EQ(first->ask(), Part::follows);
  clock_.advance(milliseconds(1));
  EXPECT_EQ(first->ask(), Part::leads);
  EXPECT_EQ(first->ask(), Part::waits);
}

TEST_F(FirstConnectionTest, shutting_wakes_everybody) {
  const auto first = make();
  for (int i = 0; i < 3; ++i) group_.spawn(note_part(first, parts_));
  poll();
  first->shut();
  io_.restart();
  io_.run();
  EXPECT_EQ(group_.running(), 0U);
}

}  // namespace
}  // namespace sv::http
