#include "llm/warm_up_client.hpp"

#include "llm/fakes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

// Answers after a while, the first ones by a script.
class SlowClient final : public ports::LlmClient {
 public:
  explicit SlowClient(Clock& clock) : clock_(clock) {}
  boost::asio::awaitable<Result<domain::SharedAnswer>> judge(ports::Ask ask) override {
    const std::size_t number = begun.size();
    begun.push_back(clock_.now());
    asks.push_back(ask);
    const TimePoint done = clock_.now() + (number < latencies.size() ? latencies[number] : latency);
    co_await clock_.sleep_until(done);
    if (number < errors.size() && errors[number]) {
      co_return fail(*errors[number], "as told");
    }
    co_return std::make_shared<const domain::Answer>();
  }
  Duration latency = 3s;
  std::vector<Duration> latencies;  // of the first requests
  std::vector<std::optional<ErrorKind>> errors;
  std::vector<TimePoint> begun;
  std::vector<ports::Ask> asks;

 private:
  Clock& clock_;
};

class WarmUpClientTest : public testing::Test {
 protected:
  // All rows at once, to their ends.
  void judge(std::size_t rows) {
    client_.emplace(inner_, plan_, clock_);
    results_.clear();
    for (std::size_t i = 0; i < rows; ++i) {
      ports::Ask ask;
      ask.row = &fakes::a_row();
      boost::asio::co_spawn(io_, client_->judge(ask),
                            [&](const std::exception_ptr& error, Result<domain::SharedAnswer> answer) {
                              ASSERT_EQ(error, nullptr);
                              results_.push_back(std::move(answer));
                            });
    }
    support::run_until_idle(io_, clock_);
    ASSERT_EQ(results_.size(), rows) << "nobody hangs";
  }
  std::vector<double> seconds() const {
    std::vector<double> times;
    for (const TimePoint when : inner_.begun) {
      times.push_back(to_seconds(when - support::VirtualClock::kStart));
    }
    return times;
  }

  boost::asio::io_context io_;
  support::VirtualClock clock_;
  SlowClient inner_{clock_};
  WarmUpPlan plan_;
  std::optional<WarmUpClient> client_;
  std::vector<Result<domain::SharedAnswer>> results_;
};

TEST_F(WarmUpClientTest, without_a_plan_nobody_waits) {
  judge(4);
  EXPECT_EQ(seconds(), (std::vector<double>{0, 0, 0, 0}));
  EXPECT_EQ(clock_.elapsed(), 3s);
}

TEST_F(WarmUpClientTest, leaders_go_first_and_each_answer_lets_some_follow) {
  plan_.leaders = [](const ports::Ask&) { return std::size_t{2}; };
  plan_.followers = 3;
  plan_.longest_warming = 10s;
  judge(8);
  EXPECT_EQ(seconds(), (std::vector<double>{0, 0, 3, 3, 3, 3, 3, 3}));
}

TEST_F(WarmUpClientTest, followers_do_not_lead_others) {
  plan_.leaders = [](const ports::Ask&) { return std::size_t{2}; };
  plan_.followers = 1;
  plan_.longest_warming = 8s;
  inner_.latency = 3s;
  inner_.errors = {std::nullopt, ErrorKind::server_error, std::nullopt, std::nullopt};
  judge(6);
  // At 3 s one leader has answered and one has failed: one follows, one leads instead; at 6 s that one opens
  // the way.
  EXPECT_EQ(seconds(), (std::vector<double>{0, 0, 3, 3, 6, 6}));
}

TEST_F(WarmUpClientTest, warming_ends_in_time_when_nobody_answers) {
  plan_.leaders = [](const ports::Ask&) { return std::size_t{1}; };
  plan_.longest_warming = 5s;
  inner_.latency = 60s;
  judge(3);
  EXPECT_EQ(seconds(), (std::vector<double>{0, 5, 5}));
}

TEST_F(WarmUpClientTest, warming_lasts_while_leaders_are_answered) {
  plan_.leaders = [](const ports::Ask&) { return std::size_t{2}; };
  plan_.followers = 0;
  plan_.longest_warming = 5s;
  plan_.longest_silence = 3s;
  inner_.latencies = {4s, 6s};
  judge(3);
  EXPECT_EQ(seconds(), (std::vector<double>{0, 0, 6})) << "not at 5 s: an answer came at 4 s";
}

TEST_F(WarmUpClientTest, leaders_that_fail_for_ever_hold_nobody_for_long) {
  plan_.leaders = [](const ports::Ask&) { return std::size_t{1}; };
  plan_.longest_warming = 5s;
  inner_.errors.assign(50, ErrorKind::server_error);
  inner_.latency = 500ms;
  judge(50);
  EXPECT_LE(clock_.elapsed(), 6s);
}

}  // namespace
}  // namespace sv::llm
