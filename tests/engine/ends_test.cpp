// What a request's end means for the run: a limit, this machine's disk, a stop in between, another process's
// answer.
#include "engine/world.hpp"
#include "ports/question_claims.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sv::engine {
namespace {

using namespace std::chrono_literals;

TEST(RunEnds, at_a_limit_without_an_error_and_with_what_there_is) {
  World world(fakes::numbered_rows(300));
  fakes::Sink sink;
  for (int i = 20; i < 300; ++i)
    world.llm.failures["comment " + std::to_string(i)] = ErrorKind::limit_reached;
  const RunResult result = world.run_into(sink, {.workers = 5});
  ASSERT_TRUE(result.limit);
  EXPECT_EQ(result.limit->kind, ErrorKind::limit_reached);
  EXPECT_FALSE(result.error);
  EXPECT_EQ(result.counts.judged, 20U);
  EXPECT_LE(world.llm.total_asked(), 25) << "those in flight when it was reached";
  EXPECT_FALSE(result.is_complete());
  EXPECT_EQ(world.journal.end, ports::RunEnd::interrupted);
}

TEST(RunEnds, when_this_machines_disk_fails_a_request) {
  World world(fakes::numbered_rows(300));
  fakes::Sink sink;
  world.llm.failures["comment 20"] = ErrorKind::io;
  const RunResult result = world.run_into(sink, {.workers = 5});
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind, ErrorKind::io);
  EXPECT_LE(world.llm.total_asked(), 30);
}

TEST(RunEnds, a_request_that_a_stop_cut_short_has_not_had_its_last_word) {
  World world(fakes::numbered_rows(300));
  fakes::Sink sink;
  for (int i = 0; i < 300; ++i) world.llm.failures["comment " + std::to_string(i)] = ErrorKind::cancelled;
  int asked = 0;
  world.llm.on_asked = [&] {
    if (++asked == 5) world.stop.request();
  };
  const RunResult result = world.run_into(sink, {.workers = 5});
  EXPECT_EQ(result.counts.unjudged, 0U) << "they are to be asked by the next run";
  EXPECT_EQ(world.llm.total_asked(), 5);
  EXPECT_EQ(result.counts.finished(), 0U);
}

// Another process that holds every question for so many tries.
class Busy final : public ports::QuestionClaims {
 public:
  bool try_claim(const domain::AnswerKey&) override { return ++tries > held_for; }
  void release(const domain::AnswerKey&, bool) override {}
  std::uint64_t answers_of_others() const override { return answers; }

  int held_for = 0;
  int tries = 0;
  std::uint64_t answers = 0;
};

TEST(RunEnds, when_the_answer_of_another_process_cannot_be_looked_up) {
  World world(fakes::numbered_rows(3));
  fakes::Sink sink;
  Busy busy;
  busy.held_for = 3;
  world.claims = &busy;
  // The first look-up is that of the group, the next one that of the question which was held.
  world.cache.faults = &world.faults;
  world.faults.left = 1;
  const RunResult result = world.run_into(sink, {.workers = 1});
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->message, "as told");
  EXPECT_EQ(world.llm.total_asked(), 0) << "nobody knows whether it is answered already";
}

TEST(RunEnds, well_when_another_process_lets_go_without_an_answer) {
  World world(fakes::numbered_rows(3));
  fakes::Sink sink;
  Busy busy;
  busy.held_for = 3;
  world.claims = &busy;
  const RunResult result = world.run_into(sink, {.workers = 1});
  EXPECT_FALSE(result.error);
  EXPECT_EQ(world.llm.total_asked(), 3);
  EXPECT_TRUE(result.is_written);
}

}  // namespace
}  // namespace sv::engine
