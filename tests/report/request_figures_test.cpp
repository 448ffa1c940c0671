#include "report/request_figures.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace sv::report {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kStart{1'795'600'000'000ms};

ports::RequestRecord answered(std::chrono::milliseconds sent, std::chrono::milliseconds latency,
                              std::uint64_t row = 2) {
  ports::RequestRecord request;
  request.row_number = row;
  request.provider = "openai";
  request.model = "m";
  request.sent_at = kStart + sent;
  request.has_ended = true;
  request.http_status = 200;
  request.latency = latency;
  request.usage = {.input = 100, .cached_input = 60, .output = 10};
  request.cost = domain::Money(1'000'000'000, {});
  return request;
}
ports::RequestRecord refused(std::chrono::milliseconds sent, int status = 429) {
  ports::RequestRecord request = answered(sent, 10ms);
  request.error = status == 429 ? "rate_limited" : "server_error";
  request.http_status = status;
  request.usage = {};
  request.cost.reset();
  return request;
}

TEST(TimeLine, counts_answers_where_they_come_and_requests_while_they_last) {
  TimeLine line;
  line.add_request(100ms, answered(100ms, 500ms));
  ASSERT_EQ(line.step_ms(), 250);
  ASSERT_EQ(line.slices().size(), 3U);
  EXPECT_EQ(line.slices()[0].in_flight_ms, 150U);
  EXPECT_EQ(line.slices()[1].in_flight_ms, 250U);
  EXPECT_EQ(line.slices()[2].in_flight_ms, 100U);
  EXPECT_EQ(line.slices()[0].answers + line.slices()[1].answers, 0U);
  EXPECT_EQ(line.slices()[2].answers, 1U);
  line.add_request(10ms, refused(10ms));
  line.add_request(20ms, refused(20ms, 500));
  EXPECT_EQ(line.slices()[0].failures, 2U);
  EXPECT_EQ(line.slices()[0].rate_limited, 1U);
}

TEST(TimeLine, gets_coarser_instead_of_longer_and_loses_nothing) {
  TimeLine line;
  for (int i = 0; i < 5000; ++i) {
    const auto sent = std::chrono::milliseconds(i * 100);
    line.add_request(sent, answered(sent, 730ms));
  }
  EXPECT_LE(line.slices().size(), TimeLine::kMost);
  EXPECT_EQ(line.step_ms(), 4000);
  TimeSlice all;
  for (const TimeSlice& slice : line.slices()) all += slice;
  EXPECT_EQ(all.answers, 5000U);
  EXPECT_EQ(all.in_flight_ms, 5000U * 730U);
}

TEST(TimeLine, waits_are_joined_with_requests_at_the_longer_step) {
  TimeLine waits;
  domain::ProviderLimits limits;
  limits.waiting_for(domain::WaitReason::tokens) = 7;
  for (int i = 0; i < 1000; ++i) waits.add_waits(std::chrono::milliseconds(i * 100), {limits});
  EXPECT_EQ(waits.step_ms(), 500);
  TimeLine line;
  line.add_request(0ms, answered(0ms, 100ms));
  line.add(waits);
  EXPECT_EQ(line.step_ms(), 500);
  EXPECT_EQ(line.slices().size(), 200U);
  EXPECT_EQ(line.slices()[0].answers, 1U);
  EXPECT_EQ(line.slices()[0].samples, 5U);
  EXPECT_EQ(line.slices()[0].waiting.at(1), 35U);
}

TEST(SizeClasses, hold_every_size_at_or_below_their_bound) {
  SizeClasses sizes;
  for (std::uint64_t size = 1; size <= 2000; ++size) sizes.add(size);
  sizes.add(0);
  const auto classes = sizes.classes();
  std::uint64_t total = 0;
  std::uint64_t below = 0;
  for (const auto& [bound, count] : classes) {
    total += count;
    if (bound > 0 && bound <= 2000) {
      below += count;
      EXPECT_EQ(below, bound) << "of 1..2000 exactly `bound` are at most `bound`";
    }
  }
  EXPECT_EQ(total, 2001U);
  EXPECT_EQ(classes.front(), (std::pair<std::uint64_t, std::uint64_t>(0, 1)));
}

TEST(RequestFigures, add_up_by_row_and_by_provider) {
  RequestFigures figures(kStart);
  figures.add(answered(-5000ms, 40ms, 3));  // of an earlier process
  figures.add(refused(0ms));
  figures.add(answered(100ms, 200ms));
  ports::RequestRecord open = answered(300ms, 0ms, 4);
  open.has_ended = false;
  figures.add(open);
  ports::RequestRecord unpriced = answered(400ms, 100ms, 5);
  unpriced.provider = "backup";
  unpriced.cost.reset();
  figures.add(unpriced);

  EXPECT_EQ(figures.requests(), 5U);
  EXPECT_EQ(figures.answers(), 3U);
  EXPECT_EQ(figures.open(), 1U);
  EXPECT_EQ(figures.unpriced(), 1U);
  EXPECT_EQ(figures.errors().at("rate_limited"), 1U);
  EXPECT_EQ(figures.usage().input, 300U);
  ASSERT_EQ(figures.cost().amounts().size(), 1U);
  EXPECT_EQ(figures.cost().amounts().front().trillionths(), 2'000'000'000);
  ASSERT_EQ(figures.providers().size(), 2U);
  EXPECT_EQ(figures.providers().front().failures, 1U);
  EXPECT_EQ(figures.of_row(2).requests, 2U);
  EXPECT_EQ(figures.of_row(2).latency_ms, 200U);
  EXPECT_EQ(figures.of_row(2).cost_trillionths, 1'000'000'000);
  EXPECT_EQ(figures.of_row(5).cost_trillionths, -1) << "not known is not free";
  EXPECT_EQ(figures.of_row(99).requests, 0U);
  EXPECT_EQ(figures.time_line().slices().at(0).answers, 0U)
      << "what an earlier process did is not on its line";
  EXPECT_EQ(figures.time_line().slices().at(1).answers, 1U);
}

}  // namespace
}  // namespace sv::report
