// The simulated Files and Batches in virtual time.
#include "sim/batch_model.hpp"

#include "batch_fixture.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

namespace sv::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::batch_file;
using testing::batch_line;
using testing::chat_question;
using testing::form;

const TimePoint kStart{Duration(std::chrono::hours(1))};
const WallTime kToday{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};

LlmOptions priced() {
  LlmOptions options;
  options.prices = [](std::string_view) {
    return domain::TokenPrices{
        .input = 150'000, .cached_input = 75'000, .cache_write = {}, .output = 600'000};
  };
  return options;
}

// A provider whose time a test moves.
class Provider {
 public:
  explicit Provider(BatchOptions options = {}) : model_(priced()), batches_(std::move(options), model_) {}

  void pass(Duration time) { now_ += time; }

  ModelReply ask(std::string_view method, std::string_view target, std::string body = {},
                 std::string_view content_type = "application/json") {
    ApiRequest request{.method = method,
                       .target = target,
                       .content_type = content_type,
                       .credential = "key",
                       .body = std::move(body)};
    auto reply =
        batches_.answer(request, now_, kToday + std::chrono::floor<std::chrono::milliseconds>(now_ - kStart));
    EXPECT_TRUE(reply) << method << ' ' << target;
    return reply ? *std::move(reply) : ModelReply();
  }
  json::value get(std::string_view target) {
    const ModelReply reply = ask("GET", target);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body);
  }
  std::string upload(std::string_view file) {
    const ModelReply reply = ask("POST", "/v1/files", form(file), testing::kFormType);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.status == 200 ? std::string(json::parse(reply.body).at("id").as_string()) : std::string();
  }
  ModelReply try_create(std::string_view file_id, std::string_view more = "") {
    return ask(
        "POST", "/v1/batches",
        fmt::format(
            R"({{"input_file_id":"{}","endpoint":"/v1/chat/completions","completion_window":"24h"{}}})",
            file_id, more));
  }
  std::string create(std::string_view file_id, std::string_view more = "") {
    const ModelReply reply = try_create(file_id, more);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.status == 200 ? std::string(json::parse(reply.body).at("id").as_string()) : std::string();
  }
  json::value batch(std::string_view id) { return get(fmt::format("/v1/batches/{}", id)); }
  std::string status(std::string_view id) { return std::string(batch(id).at("status").as_string()); }
  // Lines of a file by custom_id, in its order.
  std::vector<std::pair<std::string, json::value>> lines(const json::value& file_id) {
    std::vector<std::pair<std::string, json::value>> found;
    if (file_id.is_null()) return found;
    std::istringstream content(
        ask("GET", fmt::format("/v1/files/{}/content", std::string_view(file_id.as_string()))).body);
    for (std::string line; std::getline(content, line);) {
      json::value value = json::parse(line);
      std::string id(value.at("custom_id").as_string());
      found.emplace_back(std::move(id), std::move(value));
    }
    return found;
  }

  LlmModel& model() { return model_; }

 private:
  LlmModel model_;
  BatchModel batches_;
  TimePoint now_ = kStart;
};

BatchOptions in_an_hour() {
  BatchOptions options;
  options.completion_time = 1h;
  return options;
}

std::string error_code(const json::value& batch) {
  return std::string(batch.at_pointer("/errors/data/0/code").as_string());
}

TEST(BatchModel, a_batch_goes_through_its_states_and_tells_when) {
  Provider provider(in_an_hour());
  const std::string id = provider.create(provider.upload(batch_file(40)));
  EXPECT_EQ(provider.status(id), "validating");
  EXPECT_EQ(provider.batch(id).at_pointer("/request_counts/total").as_int64(), 0);
  provider.pass(5min);
  EXPECT_EQ(provider.status(id), "in_progress");
  provider.pass(25min);
  const json::value half = provider.batch(id);
  EXPECT_EQ(half.at_pointer("/request_counts/total").as_int64(), 40);
  EXPECT_NEAR(static_cast<double>(half.at_pointer("/request_counts/completed").as_int64()), 20, 1);
  EXPECT_TRUE(half.at("output_file_id").is_null());
  provider.pass(28min);
  EXPECT_EQ(provider.status(id), "finalizing");
  provider.pass(2min);
  const json::value done = provider.batch(id);
  EXPECT_EQ(done.at("status").as_string(), "completed");
  EXPECT_EQ(done.at_pointer("/request_counts/completed").as_int64(), 40);
  EXPECT_TRUE(done.at("error_file_id").is_null());
  const std::int64_t created = done.at("created_at").as_int64();
  EXPECT_EQ(done.at("in_progress_at").as_int64() - created, 3 * 60);
  EXPECT_EQ(done.at("finalizing_at").as_int64() - created, 57 * 60);
  EXPECT_EQ(done.at("completed_at").as_int64() - created, 60 * 60);
  EXPECT_EQ(done.at("expires_at").as_int64() - created, 86'400);
  EXPECT_TRUE(done.at("failed_at").is_null());
  EXPECT_EQ(done.at("model").as_string(), "gpt-4o-mini");
}

TEST(BatchModel, answers_are_those_of_online_requests_in_another_order) {
  Provider provider;
  const std::string id = provider.create(provider.upload(batch_file(50)));
  const auto output = provider.lines(provider.batch(id).at("output_file_id"));
  ASSERT_EQ(output.size(), 50U);
  std::set<std::string> ids;
  bool is_shuffled = false;
  LlmModel online{LlmOptions()};
  for (std::size_t i = 0; i < output.size(); ++i) {
    const auto& [custom_id, line] = output[i];
    ids.insert(custom_id);
    is_shuffled = is_shuffled || custom_id != fmt::format("row-{}", i);
    const ModelReply reply = online.answer_chat(
        chat_question(fmt::format("Done: {} things.", custom_id.substr(4))), "key", kStart, kToday);
    EXPECT_EQ(line.at_pointer("/response/status_code").as_int64(), 200);
    EXPECT_EQ(line.at_pointer("/response/body/choices/0/message/content"),
              json::parse(reply.body).at_pointer("/choices/0/message/content"));
    EXPECT_TRUE(line.at("error").is_null());
  }
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_TRUE(is_shuffled);
}

TEST(BatchModel, the_bill_of_a_batch_is_half_of_the_same_answers_online) {
  Provider provider;
  provider.create(provider.upload(batch_file(7)));
  const auto& batch = provider.model().ledger().batch_bill().amounts();
  EXPECT_TRUE(batch.empty()) << "nothing was looked at since";
  provider.get("/v1/batches");
  ASSERT_EQ(batch.size(), 1U);
  LlmModel online(priced());
  for (int i = 0; i < 7; ++i) {
    online.ledger().note_sent(
        online.answer_chat(chat_question(fmt::format("Done: {} things.", i)), "key", kStart, kToday).receipt);
  }
  ASSERT_EQ(online.ledger().online_bill().amounts().size(), 1U);
  EXPECT_EQ(batch[0].trillionths() * 2, online.ledger().online_bill().amounts()[0].trillionths());
  const json::value ledger = json::parse(provider.model().ledger().to_json(false, false));
  EXPECT_EQ(ledger.at_pointer("/bill/batch/USD").to_number<double>() * 1e12,
            static_cast<double>(batch[0].trillionths()));
  EXPECT_EQ(ledger.at_pointer("/batches/completed").as_int64(), 1);
  EXPECT_EQ(ledger.at_pointer("/rows/distinct").as_int64(), 7);
}

TEST(BatchModel, lines_that_go_wrong_stand_in_the_error_file_and_cost_nothing) {
  BatchOptions options;
  options.line_error_share = 0.3;
  Provider provider(options);
  const std::string id = provider.create(provider.upload(batch_file(200)));
  const json::value batch = provider.batch(id);
  const auto output = provider.lines(batch.at("output_file_id"));
  const auto errors = provider.lines(batch.at("error_file_id"));
  EXPECT_NEAR(static_cast<double>(errors.size()), 60, 25);
  EXPECT_EQ(output.size() + errors.size(), 200U);
  EXPECT_EQ(batch.at_pointer("/request_counts/failed").as_int64(), static_cast<std::int64_t>(errors.size()));
  std::set<std::int64_t> codes;
  for (const auto& [custom_id, line] : errors) {
    codes.insert(line.at_pointer("/response/status_code").as_int64());
    EXPECT_FALSE(line.at_pointer("/response/body/error/message").as_string().empty());
  }
  EXPECT_EQ(codes, (std::set<std::int64_t>{429, 500}));
  EXPECT_EQ(provider.model().ledger().verdicts(), output.size());
  EXPECT_EQ(provider.model().ledger().batches().line_errors, errors.size());
}

TEST(BatchModel, a_line_that_the_model_refuses_stands_in_the_error_file_with_its_own_text) {
  Provider provider;
  const std::string id = provider.create(
      provider.upload(batch_line("a", R"({"model":"m","messages":[]})") +
                      batch_line("b", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})")));
  const json::value batch = provider.batch(id);
  EXPECT_EQ(batch.at("status").as_string(), "completed");
  const auto errors = provider.lines(batch.at("error_file_id"));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].first, "a");
  EXPECT_EQ(errors[0].second.at_pointer("/response/status_code").as_int64(), 400);
}

TEST(BatchModel, an_expired_batch_gives_what_it_has_and_names_the_rest) {
  BatchOptions options = in_an_hour();
  options.expire = {2};
  Provider provider(options);
  const std::string file = provider.upload(batch_file(10));
  const std::string good = provider.create(file);
  const std::string id = provider.create(file);
  provider.pass(59min);
  EXPECT_EQ(provider.status(id), "in_progress");
  provider.pass(1min);
  EXPECT_EQ(provider.status(good), "completed");
  const json::value batch = provider.batch(id);
  EXPECT_EQ(batch.at("status").as_string(), "expired");
  EXPECT_EQ(batch.at("expired_at"), batch.at("expires_at"));
  EXPECT_EQ(provider.lines(batch.at("output_file_id")).size(), 5U);
  const auto errors = provider.lines(batch.at("error_file_id"));
  ASSERT_EQ(errors.size(), 5U);
  for (const auto& [custom_id, line] : errors) {
    EXPECT_TRUE(line.at("response").is_null());
    EXPECT_EQ(line.at_pointer("/error/code").as_string(), "batch_expired");
  }
  EXPECT_EQ(provider.model().ledger().batches().expired, 1U);
}

TEST(BatchModel, a_cancelled_batch_keeps_what_was_done) {
  Provider provider(in_an_hour());
  const std::string id = provider.create(provider.upload(batch_file(90)));
  provider.pass(33min);
  const std::string cancel = fmt::format("/v1/batches/{}/cancel", id);
  EXPECT_EQ(json::parse(provider.ask("POST", cancel).body).at("status").as_string(), "cancelling");
  EXPECT_EQ(provider.ask("POST", cancel).status, 409);
  provider.pass(3min);
  const json::value batch = provider.batch(id);
  EXPECT_EQ(batch.at("status").as_string(), "cancelled");
  EXPECT_EQ(provider.lines(batch.at("output_file_id")).size(), 50U);
  EXPECT_EQ(provider.ask("POST", cancel).status, 409);
  provider.pass(24h);
  EXPECT_EQ(provider.model().ledger().verdicts(), 50U) << "nothing is done after the end";
}

TEST(BatchModel, what_exceeds_the_limit_of_enqueued_tokens_fails_until_others_have_ended) {
  Provider measured;
  BatchOptions options = in_an_hour();
  // Room for one and a half: about 500 tokens a line of the fixture.
  const std::string file = batch_file(20);
  options.queue_tokens = file.size() / 4 * 3 / 2;
  Provider provider(options);
  const std::string file_id = provider.upload(file);
  const std::string first = provider.create(file_id);
  const std::string second = provider.create(file_id);
  provider.pass(10min);
  EXPECT_EQ(provider.status(first), "in_progress");
  const json::value failed = provider.batch(second);
  EXPECT_EQ(failed.at("status").as_string(), "failed");
  EXPECT_EQ(error_code(failed), "token_limit_exceeded");
  EXPECT_NE(std::string(failed.at_pointer("/errors/data/0/message").as_string())
                .find("Enqueued token limit reached"),
            std::string::npos);
  provider.pass(50min);
  const std::string third = provider.create(file_id);
  // In one jump: the end of a batch and the start of the next keep their order.
  provider.pass(3h);
  EXPECT_EQ(provider.status(third), "completed");
}

TEST(BatchModel, a_planned_batch_fails_a_planned_creation_is_refused_or_its_reply_lost) {
  BatchOptions options;
  options.refuse = {1};
  options.fail = {2};
  options.lose = {3};
  Provider provider(options);
  const std::string file = provider.upload(batch_file(2));
  const ModelReply refused = provider.try_create(file);
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.headers.find("retry-after"), std::string::npos);
  EXPECT_EQ(error_code(provider.batch(provider.create(file))), "token_limit_exceeded");
  EXPECT_EQ(provider.try_create(file, R"(,"metadata":{"run":"r1"})").delivery, Delivery::refused);
  const json::value list = provider.get("/v1/batches");
  ASSERT_EQ(list.at("data").as_array().size(), 2U);
  EXPECT_EQ(list.at_pointer("/data/0/metadata/run").as_string(), "r1")
      << "newest first, found by its metadata";
}

struct BadFile {
  const char* name;
  std::string file;
  std::string_view code;
  std::optional<std::int64_t> line;
};
class BadFiles : public ::testing::TestWithParam<BadFile> {};
TEST_P(BadFiles, fail_as_a_whole_and_name_the_line) {
  BatchOptions options;
  options.max_lines = 3;
  Provider provider(options);
  const json::value batch = provider.batch(provider.create(provider.upload(GetParam().file)));
  EXPECT_EQ(batch.at("status").as_string(), "failed");
  EXPECT_EQ(error_code(batch), GetParam().code);
  if (GetParam().line) EXPECT_EQ(batch.at_pointer("/errors/data/0/line").as_int64(), *GetParam().line);
  EXPECT_TRUE(batch.at("output_file_id").is_null());
  EXPECT_EQ(provider.model().ledger().verdicts(), 0U);
}
INSTANTIATE_TEST_SUITE_P(
    BatchModel, BadFiles,
    ::testing::Values(
        BadFile{"empty", "", "empty_file", {}},
        BadFile{"no_json", batch_file(1) + "{\n", "invalid_json_line", 2},
        BadFile{"blank", batch_file(1) + "\n" + batch_file(1), "invalid_json_line", 2},
        BadFile{"duplicate", batch_file(1) + batch_file(1), "duplicate_custom_id", 2},
        BadFile{"two_models",
                batch_file(1) +
                    batch_line("x", R"({"model":"other","messages":[{"role":"user","content":"hi"}]})"),
                "mismatched_model", 2},
        BadFile{"too_many", batch_file(4), "request_limit_exceeded", {}},
        BadFile{"other_url",
                R"({"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{"model":"m"}})",
                "invalid_url", 1},
        BadFile{"no_id", R"({"method":"POST","url":"/v1/chat/completions","body":{"model":"m"}})",
                "missing_required_parameter", 1}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(BatchModel, orders_that_make_no_sense_are_refused) {
  Provider provider;
  const std::string file = provider.upload(batch_file(1));
  EXPECT_EQ(provider.try_create("file-sim999999").status, 400);
  EXPECT_EQ(provider.ask("POST", "/v1/batches", "{").status, 400);
  EXPECT_EQ(
      provider.ask("POST", "/v1/batches", R"({"input_file_id":"x","endpoint":"/v1/embeddings"})").status,
      400);
  EXPECT_EQ(provider.try_create(file, R"(,"metadata":{"a":1})").status, 400);
  EXPECT_EQ(
      provider.try_create(file, fmt::format(R"(,"metadata":{{"a":"{}"}})", std::string(513, 'x'))).status,
      400);
  EXPECT_EQ(provider.ask("GET", "/v1/batches/batch_none").status, 404);
  EXPECT_EQ(provider.ask("GET", "/v1/batches?limit=101").status, 400);
  EXPECT_EQ(provider.ask("PUT", "/v1/batches").status, 405);
  EXPECT_EQ(provider.get("/v1/batches").at("data").as_array().size(), 0U);
}

TEST(BatchModel, batches_and_files_are_listed_in_pages) {
  Provider provider;
  const std::string file = provider.upload(batch_file(1));
  std::vector<std::string> created;
  for (int i = 0; i < 5; ++i) created.push_back(provider.create(file));
  std::vector<std::string> seen;
  std::string after;
  for (bool has_more = true; has_more;) {
    const json::value page = provider.get("/v1/batches?limit=2" + after);
    for (const json::value& batch : page.at("data").as_array()) {
      seen.emplace_back(batch.at("id").as_string());
    }
    has_more = page.at("has_more").as_bool();
    after = "&after=" + std::string(page.at("last_id").as_string());
  }
  std::ranges::reverse(seen);
  EXPECT_EQ(seen, created);
  EXPECT_EQ(provider.get("/v1/files?purpose=batch").at("data").as_array().size(), 1U);
  EXPECT_EQ(provider.get("/v1/files?purpose=batch_output&limit=3").at("data").as_array().size(), 3U);
  EXPECT_TRUE(provider.get("/v1/files?limit=3").at("has_more").as_bool());
}

TEST(BatchModel, files_are_kept_deleted_and_forgotten_in_time) {
  Provider provider;
  const std::string content = batch_file(2);
  const std::string id = provider.upload(content);
  const json::value file = provider.get("/v1/files/" + id);
  EXPECT_EQ(file.at("bytes").as_int64(), static_cast<std::int64_t>(content.size()));
  EXPECT_EQ(file.at("filename").as_string(), "rows.jsonl");
  EXPECT_EQ(file.at("expires_at").as_int64() - file.at("created_at").as_int64(), 30 * 86'400);
  EXPECT_EQ(provider.ask("GET", "/v1/files/" + id + "/content").body, content);
  const std::string batch = provider.create(id);
  EXPECT_EQ(provider.ask("DELETE", "/v1/files/" + id).status, 200);
  EXPECT_EQ(provider.ask("GET", "/v1/files/" + id).status, 404);
  EXPECT_EQ(provider.ask("DELETE", "/v1/files/" + id).status, 404);
  EXPECT_EQ(provider.status(batch), "completed") << "it holds what it works on";
  const std::string output(provider.batch(batch).at("output_file_id").as_string());
  provider.pass(std::chrono::hours(24 * 31));
  EXPECT_EQ(provider.ask("GET", "/v1/files/" + output + "/content").status, 404);
  const std::string soon = form(
      content, "batch",
      "------form7MA4\r\nContent-Disposition: form-data; name=\"expires_after[seconds]\"\r\n\r\n3600\r\n");
  EXPECT_EQ(provider.ask("POST", "/v1/files", soon, testing::kFormType).status, 200);
  provider.pass(1h);
  EXPECT_EQ(provider.get("/v1/files").at("data").as_array().size(), 0U);
}

TEST(BatchModel, files_have_bounds_of_size_one_by_one_and_together) {
  BatchOptions options;
  options.max_file_bytes = 1'000;
  options.max_stored_bytes = 2'500;
  Provider provider(options);
  const auto upload = [&](std::size_t bytes) {
    return provider.ask("POST", "/v1/files", form(std::string(bytes, 'x')), testing::kFormType).status;
  };
  EXPECT_EQ(upload(1'001), 413);
  EXPECT_EQ(upload(1'000), 200);
  EXPECT_EQ(upload(1'000), 200);
  EXPECT_EQ(upload(1'000), 400);
  EXPECT_EQ(provider.ask("DELETE", "/v1/files/file-sim000001").status, 200);
  EXPECT_EQ(upload(1'000), 200);
}

TEST(BatchModel, a_key_is_asked_for_here_too) {
  LlmOptions options;
  options.api_key = Secret("right");
  LlmModel model(options);
  BatchModel batches(BatchOptions(), model);
  ApiRequest request{
      .method = "GET", .target = "/v1/batches", .content_type = {}, .credential = "wrong", .body = {}};
  EXPECT_EQ(batches.answer(request, kStart, kToday)->status, 401);
  request.credential = "right";
  EXPECT_EQ(batches.answer(request, kStart, kToday)->status, 200);
  request.target = "/v1/models";
  EXPECT_FALSE(batches.answer(request, kStart, kToday));
}

}  // namespace
}  // namespace sv::sim
