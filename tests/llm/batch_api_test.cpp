// Files and batches against the model of the provider, in virtual time.
#include "llm/batch_api.hpp"

#include "llm/batch_results.hpp"
#include "llm/chat_reply.hpp"
#include "llm/fakes.hpp"
#include "sim/model_transport.hpp"
#include "sim/virtual_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>
#include <set>

namespace sv::llm {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kBase = "http://provider.test/v1";
constexpr std::string_view kBody = R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]})";

// Loses replies of requests that were carried out, or refuses them before they are.
class Lossy final : public ports::HttpTransport {
 public:
  explicit Lossy(ports::HttpTransport& inner) : inner_(inner) {}
  enum class Fate { whole, lost, refused };
  boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
    ++sent;
    deadlines.push_back(request.deadline);
    const Fate fate = fates.empty() ? Fate::whole : fates.front();
    if (!fates.empty()) fates.pop_front();
    if (fate == Fate::refused) co_return fail(ErrorKind::connect, "refused");
    Result<ports::HttpResponse> response = co_await inner_.send(std::move(request));
    if (fate == Fate::lost) co_return fail(ErrorKind::timeout, "lost");
    co_return response;
  }
  std::deque<Fate> fates;
  int sent = 0;
  std::vector<Deadline> deadlines;

 private:
  ports::HttpTransport& inner_;
};

class BatchApiTest : public testing::Test {
 protected:
  // Plays `what` to its end.
  template <typename T>
  T play(boost::asio::awaitable<T> what) {
    std::optional<T> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(io_, std::move(what), [&](std::exception_ptr error, T value) {
      failure = std::move(error);
      result = std::move(value);
    });
    sim::run_until_idle(io_, clock_);
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }

  static BatchFile file_of(int lines) {
    BatchFile file({}, "rows.jsonl");
    for (int i = 0; i < lines; ++i) EXPECT_TRUE(file.add(fmt::format("row-{}", i), kBody));
    return file;
  }
  std::string upload(int lines = 3) {
    const Result<std::string> id = play(api_.upload(file_of(lines)));
    EXPECT_TRUE(id) << (id ? "" : id.error().message);
    return id.value_or("");
  }
  Result<std::optional<BatchStatus>> find(const BatchLabel& label) {
    return play(api_.find(label, clock_.wall_now()));
  }

  boost::asio::io_context io_;
  sim::VirtualClock clock_;
  sim::LlmModel model_{sim::LlmOptions()};
  sim::BatchModel batches_{[] {
                             sim::BatchOptions options;
                             options.completion_time = 1h;
                             options.fail = {3};
                             options.refuse = {4};
                             return options;
                           }(),
                           model_};
  sim::ModelTransport provider_{{{.base_url = std::string(kBase), .model = &model_, .batches = &batches_}},
                                clock_};
  Lossy transport_{provider_};
  Random random_{1};
  BatchApi api_{{.base_url = std::string(kBase),
                 .model = "gpt-4o-mini",
                 .api_key = Secret("sk-secret-0123456789"),
                 .organization = {},
                 .http_referer = {},
                 .x_title = {}},
                transport_,
                clock_,
                random_};
};

TEST_F(BatchApiTest, a_file_becomes_a_batch_and_its_answers_come_back_by_their_ids) {
  const Result<BatchStatus> created = play(api_.create(upload(40), {.run_id = "run-1", .part = 2}));
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(created->progress, BatchProgress::in_work);
  EXPECT_EQ(created->label, (BatchLabel{.run_id = "run-1", .part = 2}));
  clock_.advance(30min);
  EXPECT_EQ(play(api_.look(created->id))->progress, BatchProgress::in_work);
  clock_.advance(30min);
  const Result<BatchStatus> done = play(api_.look(created->id));
  ASSERT_EQ(done->progress, BatchProgress::completed);
  EXPECT_EQ(done->completed, 40U);
  EXPECT_EQ(done->error_file_id, "");
  const Result<std::string> output = play(api_.download(done->output_file_id));
  ASSERT_TRUE(output);
  std::set<std::string> ids;
  EXPECT_EQ(read_batch_results(*output,
                               [&](BatchLineResult line) {
                                 ids.insert(line.custom_id);
                                 ASSERT_TRUE(line.response);
                                 EXPECT_TRUE(read_chat_reply(*line.response, clock_.wall_now()).reply);
                               }),
            0U);
  EXPECT_EQ(ids.size(), 40U);
}

TEST_F(BatchApiTest, a_creation_is_sent_once_and_found_again_when_its_reply_is_lost) {
  const std::string file = upload();
  const BatchLabel label{.run_id = "run-1", .part = 1};
  transport_.fates = {Lossy::Fate::lost};
  const int before = transport_.sent;
  EXPECT_EQ(play(api_.create(file, label)).error().kind, ErrorKind::timeout);
  EXPECT_EQ(transport_.sent, before + 1);
  const auto found = find(label);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->label, label);
  EXPECT_FALSE(*find({.run_id = "run-1", .part = 2}));
  EXPECT_FALSE(*find({.run_id = "run-2", .part = 1}));
}

TEST_F(BatchApiTest, a_label_is_looked_for_in_all_pages_that_are_young_enough) {
  const std::string file = upload();
  for (std::uint64_t part = 1; part <= 105; ++part) {
    static_cast<void>(play(api_.create(file, {.run_id = "run", .part = part})));
  }
  int before = transport_.sent;
  EXPECT_TRUE(*find({.run_id = "run", .part = 1}));
  EXPECT_EQ(transport_.sent - before, 2);
  clock_.advance(2h);
  before = transport_.sent;
  EXPECT_FALSE(*find({.run_id = "run", .part = 999}));
  EXPECT_EQ(transport_.sent - before, 1) << "made long before it can have been meant";
}

TEST_F(BatchApiTest, looking_is_repeated_after_failures_on_the_way_and_waits_in_between) {
  const std::string id = play(api_.create(upload(), {.run_id = "r", .part = 1}))->id;
  transport_.fates = {Lossy::Fate::refused, Lossy::Fate::lost, Lossy::Fate::refused};
  const int before = transport_.sent;
  EXPECT_TRUE(play(api_.look(id)));
  EXPECT_EQ(transport_.sent - before, 4);
  for (const Deadline& deadline : transport_.deadlines) EXPECT_FALSE(deadline.is_never());
  transport_.fates.assign(100, Lossy::Fate::refused);
  EXPECT_EQ(play(api_.look(id)).error().kind, ErrorKind::connect) << "not for ever";
}

TEST_F(BatchApiTest, what_the_provider_refuses_is_an_error_of_its_kind) {
  EXPECT_EQ(play(api_.create("file-none", {.run_id = "r", .part = 1})).error().kind, ErrorKind::bad_request);
  const std::string file = upload();
  static_cast<void>(play(api_.create(file, {.run_id = "r", .part = 1})));
  static_cast<void>(play(api_.create(file, {.run_id = "r", .part = 2})));
  const std::string failed = play(api_.create(file, {.run_id = "r", .part = 3}))->id;
  const Result<BatchStatus> refused = play(api_.create(file, {.run_id = "r", .part = 4}));
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused.error().retry_after, Duration(1s));
  clock_.advance(1h);
  const Result<BatchStatus> status = play(api_.look(failed));
  EXPECT_EQ(status->progress, BatchProgress::failed);
  EXPECT_EQ(status->error_code, "token_limit_exceeded");
  EXPECT_NE(status->error_message.find("Enqueued token limit"), std::string::npos);
  EXPECT_FALSE(play(api_.look("batch_none")));
}

TEST_F(BatchApiTest, a_batch_can_be_cancelled) {
  const std::string id = play(api_.create(upload(20), {.run_id = "r", .part = 1}))->id;
  clock_.advance(30min);
  EXPECT_EQ(play(api_.cancel(id))->progress, BatchProgress::in_work);
  clock_.advance(10min);
  const Result<BatchStatus> cancelled = play(api_.look(id));
  EXPECT_EQ(cancelled->progress, BatchProgress::cancelled);
  EXPECT_NE(cancelled->output_file_id, "");
}

// Replies from a script instead of a provider.
class BatchApiRepliesTest : public testing::Test {
 protected:
  Result<BatchStatus> look(std::string body, int status = 200) {
    struct Scripted final : ports::HttpTransport {
      boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest) override {
        co_return fakes::reply(status, body);
      }
      std::string body;
      int status = 200;
    } transport;
    transport.body = std::move(body);
    transport.status = status;
    boost::asio::io_context io;
    sim::VirtualClock clock;
    Random random(1);
    BatchApi api({.base_url = "http://x/v1",
                  .model = {},
                  .api_key = Secret("sk-secret-0123456789"),
                  .organization = {},
                  .http_referer = {},
                  .x_title = {}},
                 transport, clock, random);
    std::optional<Result<BatchStatus>> result;
    boost::asio::co_spawn(io, api.look("batch_1"),
                          [&](std::exception_ptr, Result<BatchStatus> value) { result = std::move(value); });
    sim::run_until_idle(io, clock);
    return std::move(*result);
  }
};

TEST_F(BatchApiRepliesTest, what_is_no_batch_is_a_protocol_error_and_ids_are_not_taken_on_trust) {
  for (const char* body : {"", "[]", "{}", "null", R"({"id":"batch_1"})", R"({"status":"completed"})",
                           R"({"id":"../files","status":"completed"})", R"({"id":7,"status":"completed"})"}) {
    const Result<BatchStatus> status = look(body);
    ASSERT_FALSE(status) << body;
    EXPECT_EQ(status.error().kind, ErrorKind::protocol) << body;
  }
  const Result<BatchStatus> odd = look(
      R"({"id":"b","status":"completed","output_file_id":"a/b?c","request_counts":{"total":-1},"metadata":{"status_validator_run":1}})");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->output_file_id, "");
  EXPECT_EQ(odd->total, 0U);
  EXPECT_FALSE(odd->label);
  EXPECT_EQ(look(R"({"id":"b","status":"brand_new"})")->progress, BatchProgress::in_work);
}

TEST_F(BatchApiRepliesTest, the_key_is_taken_out_of_what_is_shown) {
  const Result<BatchStatus> status =
      look(R"({"error":{"message":"no such key: sk-secret-0123456789","type":"x","param":null,"code":null}})",
           401);
  EXPECT_EQ(status.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(status.error().message.find("sk-secret"), std::string::npos) << status.error().message;
}

TEST(BatchFile, is_bounded_by_lines_and_by_bytes) {
  BatchFile few({.max_lines = 2, .max_bytes = 100'000}, "f");
  EXPECT_TRUE(few.add("a", kBody));
  EXPECT_TRUE(few.add("b", kBody));
  EXPECT_FALSE(few.add("c", kBody));
  EXPECT_EQ(few.lines(), 2U);
  BatchFile small({.max_lines = 50'000, .max_bytes = 1'000}, "f");
  while (small.add("0123456789", kBody)) {
  }
  EXPECT_LE(small.bytes(), 1'000U);
  EXPECT_GT(small.bytes(), 800U);
}

TEST(BatchResults, output_and_error_lines_are_told_apart_and_damaged_ones_counted) {
  const std::string file =
      R"({"id":"1","custom_id":"a","response":{"status_code":200,"request_id":"r","body":{"x":"д"}},"error":null})"
      "\n"
      R"({"id":"2","custom_id":"b","response":{"status_code":500,"request_id":"r","body":{"error":{}}},"error":null})"
      "\r\n\n"
      R"({"id":"3","custom_id":"c","response":null,"error":{"code":"batch_expired","message":"m"}})"
      "\n{\"custom_id\":\n[]\n{\"custom_id\":\"\"}\n"
      R"({"custom_id":"d","response":{"status_code":"200","body":{}}})";
  std::map<std::string, BatchLineResult> lines;
  EXPECT_EQ(
      read_batch_results(file, [&](BatchLineResult line) { lines.emplace(line.custom_id, std::move(line)); }),
      4U);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines.at("a").response->body, R"({"x":"д"})");
  EXPECT_EQ(lines.at("b").response->status, 500);
  EXPECT_FALSE(lines.at("c").response);
  EXPECT_EQ(lines.at("c").error_code, "batch_expired");
}

TEST(PollDelay, doubles_up_to_a_minute) {
  EXPECT_EQ(poll_delay(0), Duration(50ms));
  EXPECT_EQ(poll_delay(5), Duration(1600ms));
  EXPECT_EQ(poll_delay(11), Duration(60s));
  EXPECT_EQ(poll_delay(4'000'000'000), Duration(60s));
}

TEST(ApiUrl, paths_come_before_the_base_urls_own_query) {
  EXPECT_EQ(api_url("https://h/v1", "files"), "https://h/v1/files");
  EXPECT_EQ(api_url("https://h/v1/", "batches", "limit=1"), "https://h/v1/batches?limit=1");
  EXPECT_EQ(api_url("https://h/v1/chat/completions?api-version=2", "batches", "limit=1"),
            "https://h/v1/batches?api-version=2&limit=1");
}

}  // namespace
}  // namespace sv::llm
