// Rows judged by the Batch API against the model of the provider, in virtual time: with lost replies at every
// call and deaths before every line of the journal.
#include "llm/batch_client.hpp"

#include "base/hash.hpp"
#include "llm/fakes.hpp"
#include "sim/model_transport.hpp"
#include "sim/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;
using ports::BatchStage;

constexpr std::string_view kBase = "http://provider.test/v1";
constexpr int kRows = 25;

// A journal on no disk. From its n-th line on nothing is written: as if the process had died there.
class Journal final : public ports::BatchJournal {
 public:
  Result<void> note_batch(const ports::BatchNote& note) override {
    if (notes_left == 0) return fail(ErrorKind::io, "dead");
    if (notes_left > 0) --notes_left;
    notes.push_back(note);
    return {};
  }
  const std::vector<ports::OpenBatch>& open_batches() const override { return open; }
  std::uint64_t last_part() const override { return last; }

  // As the next process finds it.
  void reopen() {
    notes_left = -1;
    open.clear();
    std::map<std::uint64_t, ports::OpenBatch> parts;
    for (const ports::BatchNote& note : notes) {
      last = std::max(last, note.part);
      if (note.stage == BatchStage::ended) {
        parts.erase(note.part);
        continue;
      }
      ports::OpenBatch& part = parts[note.part];
      part.part = note.part;
      part.stage = note.stage;
      part.planned_at = sim::VirtualClock::kWallStart;
      if (note.stage == BatchStage::planned) {
        part.keys = note.keys;
        part.reserved = note.reserved;
      }
      if (note.stage == BatchStage::created) part.batch_id = note.id;
    }
    for (auto& [number, part] : parts) open.push_back(part);
  }

  int notes_left = -1;  // -1: any number
  std::vector<ports::BatchNote> notes;
  std::vector<ports::OpenBatch> open;
  std::uint64_t last = 0;
};

// The reply to the call of that number (from 1) is lost, carried out all the same.
class Lossy final : public ports::HttpTransport {
 public:
  explicit Lossy(ports::HttpTransport& inner) : inner_(inner) {}
  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
    const int number = ++sent;
    Result<ports::HttpResponse> response = co_await inner_.send(std::move(request));
    if (number == lost) co_return fail(ErrorKind::timeout, "lost");
    if (response && change) change(*response);
    co_return response;
  }
  int sent = 0;
  int lost = 0;
  std::function<void(ports::HttpResponse&)> change;

 private:
  ports::HttpTransport& inner_;
};

class World {
 public:
  explicit World(sim::BatchOptions options = {}, sim::LlmOptions llm = {},
                 cost::SpendingLimit::Limits limits = {})
      : model(std::move(llm)), batches(std::move(options), model), limits_(limits) {}

  // A process: gives its error, or nothing. What was answered stays.
  std::optional<Error> play(std::size_t rows_a_part = 10) {
    spending.emplace(limits_);
    OpenAiProvider provider{.name = "primary",
                            .model = "gpt-4o-mini",
                            .base_url = std::string(kBase),
                            .api_key = Secret("sk-secret-0123456789"),
                            .organization = "",
                            .http_referer = "",
                            .x_title = "",
                            .temperature = 0.0,
                            .max_output_tokens = 600,
                            .prices = domain::TokenPrices{.input = 150'000, .output = 600'000}};
    OpenAiClient openai(
        provider,
        {.transport = transport, .question = question_, .facts = facts_, .observer = watch_, .clock = clock});
    BatchApi api({.base_url = std::string(kBase),
                  .model = "gpt-4o-mini",
                  .api_key = Secret("sk-secret-0123456789"),
                  .organization = {},
                  .http_referer = {},
                  .x_title = {}},
                 transport, clock, random_);
    BatchClient client({.openai = openai,
                        .api = api,
                        .journal = journal,
                        .observer = watch_,
                        .spending = *spending,
                        .clock = clock,
                        .random = random_,
                        .stop = stop_},
                       {.run_id = "run-1", .file = {.max_lines = rows_a_part}});
    std::optional<Error> error;
    bool has_ended = false;
    boost::asio::co_spawn(io_, drive(client), [&](std::exception_ptr failure, std::optional<Error> result) {
      if (failure) std::rethrow_exception(failure);
      error = std::move(result);
      has_ended = true;
    });
    sim::run_until_idle(io_, clock);
    EXPECT_TRUE(has_ended);
    left = static_cast<std::size_t>(kRows) - answers.size();
    return error;
  }

  // That the provider has.
  std::size_t files() {
    sim::ApiRequest request{
        .method = "GET", .target = "/v1/files", .content_type = {}, .credential = {}, .body = {}};
    const auto reply = batches.answer(request, clock.now(), clock.wall_now());
    return boost::json::parse(reply->body).at("data").as_array().size();
  }
  void check_all_answered_once() const {
    EXPECT_EQ(answers.size(), static_cast<std::size_t>(kRows));
    EXPECT_EQ(model.ledger().verdicts(), static_cast<std::uint64_t>(kRows));
    EXPECT_EQ(model.ledger().rows_answered_again(), 0U);
  }

  boost::asio::io_context io_;
  sim::VirtualClock clock;
  sim::LlmModel model;
  sim::BatchModel batches;
  sim::ModelTransport provider_{{{.base_url = std::string(kBase), .model = &model, .batches = &batches}},
                                clock};
  Lossy transport{provider_};
  Journal journal;
  std::set<domain::AnswerKey> answers;
  std::size_t left = 0;
  std::optional<cost::SpendingLimit> spending;

 private:
  static domain::Row row(int number) {
    domain::Row made;
    made.status = "In progress";
    made.comment = fmt::format("Сделано: {} \"мостов\".", number);
    return made;
  }
  // What the engine does (engine/batch_pass.cpp), with a set in place of the answer cache.
  boost::asio::awaitable<std::optional<Error>> drive(BatchClient& client) {
    const Result<void> resumed = co_await client.resume();
    if (!resumed) co_return resumed.error();
    for (;;) {
      for (bool may_send = true; may_send;) {
        for (int i = 0; i < kRows; ++i) {
          const domain::Row one = row(i);
          const domain::AnswerKey key = sha256(one.comment);
          if (!answers.contains(key) && !client.add(one, key)) break;
        }
        const auto sent = co_await client.send();
        if (!sent) co_return sent.error();
        may_send = *sent != ports::BatchJudge::Sent::nothing;
      }
      const Result<std::optional<ports::BatchAnswers>> batch =
          co_await client.collect(true, TimePoint::max());
      if (!batch) co_return batch.error();
      if (!*batch) co_return std::nullopt;
      for (const auto& [key, answer] : (*batch)->answers) answers.insert(key);
      const Result<void> closed = client.close((*batch)->part);
      if (!closed) co_return closed.error();
    }
  }

  cost::SpendingLimit::Limits limits_;
  domain::Rulebook rulebook_{.rules_text = "1. Say \"what\" is done.",
                             .allowed_statuses = {"In progress"},
                             .language = domain::Language::english};
  prompt::QuestionBuilder question_{rulebook_, domain::MappedColumns{}};
  fakes::Facts facts_;
  fakes::Watch watch_;
  Random random_{1};
  StopSignal stop_;
};

sim::BatchOptions in_an_hour() {
  sim::BatchOptions options;
  options.completion_time = 1h;
  return options;
}

TEST(BatchClient, all_rows_are_answered_in_as_many_batches_as_they_need) {
  World world(in_an_hour());
  EXPECT_FALSE(world.play());
  world.check_all_answered_once();
  EXPECT_EQ(world.model.ledger().batches().created, 3U);
  EXPECT_LT(world.clock.elapsed(), 70min) << "they go on at the same time";
  EXPECT_TRUE(world.journal.notes.back().cost);
  EXPECT_EQ(world.files(), 0U) << "nothing of the sheet is left there";
}

TEST(BatchClient, a_lost_reply_to_any_call_makes_no_second_batch) {
  int calls = 0;
  for (int lost = 1; !testing::Test::HasFailure(); ++lost) {
    World world(in_an_hour());
    world.transport.lost = lost;
    EXPECT_FALSE(world.play()) << lost;
    if (world.transport.sent < lost) break;
    ++calls;
    world.check_all_answered_once();
    EXPECT_EQ(world.model.ledger().batches().created, 3U) << lost;
  }
  EXPECT_GT(calls, 30);
}

TEST(BatchClient, a_death_before_any_line_of_the_journal_makes_no_second_batch) {
  int deaths = 0;
  for (int lines = 0; !testing::Test::HasFailure(); ++lines) {
    World world(in_an_hour());
    world.journal.notes_left = lines;
    if (!world.play()) break;
    ++deaths;
    world.journal.reopen();
    EXPECT_FALSE(world.play()) << lines;
    world.check_all_answered_once();
    EXPECT_EQ(world.model.ledger().batches().created, 3U) << lines;
    EXPECT_EQ(world.files(), 0U) << lines << ": of the sheet, nothing that nobody remembers is left there";
  }
  EXPECT_EQ(deaths, 15) << "five steps of three parts";
}

TEST(BatchClient, deaths_of_process_after_process_make_no_second_batch) {
  // Fewer lines than the four up to `created` never come to an end.
  for (int lines = 4; lines <= 8 && !testing::Test::HasFailure(); ++lines) {
    World world(in_an_hour());
    for (int process = 0;; ++process) {
      ASSERT_LT(process, 60);
      world.journal.reopen();
      world.journal.notes_left = lines;
      if (!world.play()) break;
      world.clock.advance(20min);
    }
    world.check_all_answered_once();
    EXPECT_EQ(world.files(), 0U) << lines;
  }
}

TEST(BatchClient, what_was_not_worked_on_goes_to_another_batch_and_what_failed_does_not) {
  sim::BatchOptions options = in_an_hour();
  options.expire = {1};
  options.line_error_share = 0.2;
  World world(options);
  EXPECT_FALSE(world.play());
  const sim::BatchCounts& counts = world.model.ledger().batches();
  EXPECT_EQ(counts.expired, 1U);
  EXPECT_GT(counts.line_errors, 0U);
  EXPECT_EQ(world.left, counts.line_errors);
  EXPECT_EQ(counts.lines, static_cast<std::uint64_t>(kRows)) << "each was worked on once";
}

TEST(BatchClient, a_field_that_the_model_refuses_is_left_out_in_the_next_batch) {
  sim::LlmOptions llm;
  llm.refused.add(sim::Parameter::temperature);
  World world(in_an_hour(), llm);
  EXPECT_FALSE(world.play());
  world.check_all_answered_once();
  EXPECT_EQ(world.model.ledger().batches().created, 6U);
}

TEST(BatchClient, a_full_queue_is_waited_for_and_a_part_that_is_too_large_is_halved) {
  World measure(in_an_hour());
  EXPECT_FALSE(measure.play());
  sim::BatchOptions options = in_an_hour();
  // Half of one part's.
  options.queue_tokens = measure.model.ledger().billed().input / 6;
  World world(options);
  EXPECT_FALSE(world.play());
  world.check_all_answered_once();
  EXPECT_GT(world.model.ledger().batches().failed, 0U);
  options.queue_tokens = 1;
  World hopeless(options);
  const std::optional<Error> error = hopeless.play();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::too_large);
  EXPECT_EQ(hopeless.journal.notes.back().stage, BatchStage::ended)
      << "the next process is not stuck with it";
}

TEST(BatchClient, money_is_held_for_batches_and_the_cap_is_never_exceeded) {
  World measure(in_an_hour());
  EXPECT_FALSE(measure.play());
  domain::Money all(0, {});
  for (const ports::BatchNote& note : measure.journal.notes) {
    if (note.cost) all += *note.cost;
  }
  const domain::Money cap(all.trillionths() / 2, {});
  World world(in_an_hour(), {}, {.most = cap});
  EXPECT_FALSE(world.play());
  EXPECT_GT(world.left, 0U);
  EXPECT_LT(world.left, static_cast<std::size_t>(kRows));
  EXPECT_LE(world.spending->spent().trillionths(), cap.trillionths());
  EXPECT_EQ(world.model.ledger().rows_answered_again(), 0U);
  EXPECT_EQ(world.model.ledger().verdicts(), world.answers.size());
}

TEST(BatchClient, a_batch_that_never_ends_is_cancelled_and_given_up) {
  World world(in_an_hour());
  world.transport.change = [](ports::HttpResponse& response) {
    const std::size_t at = response.body.find("\"completed\"");
    if (at != std::string::npos) response.body.replace(at, 11, "\"in_progress\"");
  };
  const std::optional<Error> error = world.play(kRows);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::timeout);
  EXPECT_GT(world.clock.elapsed(), 26h);
  EXPECT_LT(world.clock.elapsed(), 28h);
}

TEST(BatchClient, answers_that_nobody_asked_for_are_passed_over) {
  World world(in_an_hour());
  world.transport.change = [](ports::HttpResponse& response) {
    // Another row's answer, and one twice.
    const std::size_t at = response.body.find("\"custom_id\":\"");
    if (at == std::string::npos || !response.body.starts_with("{\"id\":\"batch_req")) return;
    const std::string first = response.body.substr(0, response.body.find('\n') + 1);
    std::string foreign = first;
    foreign.replace(foreign.find("\"custom_id\":\"") + 13, 8, "00000000");
    response.body += first + foreign + "garbage\n";
  };
  EXPECT_FALSE(world.play());
  world.check_all_answered_once();
}

}  // namespace
}  // namespace sv::llm
