#include "store/sqlite_store.hpp"

#include "store_harness.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

domain::Answer any_answer(const std::vector<std::tuple<std::string, std::string, std::uint8_t>>& issues,
                          const std::string& text, const std::string& raw, std::uint64_t number) {
  domain::Answer answer = make_answer(number);
  answer.verdict.issues.clear();
  for (const auto& [message, quote, kind] : issues) {
    answer.verdict.issues.push_back({.message = message,
                                     .rule = kind % 2 == 0 ? std::nullopt : std::optional(quote),
                                     .severity = static_cast<domain::Severity>(kind % 3),
                                     .quote = kind % 5 == 0 ? std::nullopt : std::optional(quote)});
  }
  answer.verdict.rewrite_suggestion = text;
  answer.raw_json = raw;
  answer.usage.input = number;
  return answer;
}

TEST(SqliteStore, knows_nothing_at_first_and_everything_that_was_committed_afterwards) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"));
  ASSERT_TRUE(harness.is_open()) << harness.error().message;
  EXPECT_TRUE(harness.warnings().empty());
  EXPECT_EQ(harness.find(key_of(1)), nullptr);
  ASSERT_TRUE(harness.commit(key_of(1), make_answer(1)));
  const auto found = harness.find(key_of(1));
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(same(*found, make_answer(1)));
  EXPECT_EQ(harness.find(key_of(2)), nullptr);
}

RC_GTEST_PROP(SqliteStore, gives_back_any_answer_unchanged_even_after_reopening,
              (const std::vector<std::tuple<std::string, std::string, std::uint8_t>>& issues,
               const std::string& text, const std::string& raw, std::uint64_t number)) {
  static const TempDirectory directory;
  static std::uint64_t next = 0;
  const domain::AnswerKey key = key_of(++next);
  const domain::Answer answer = any_answer(issues, text, raw, number);
  {
    StoreHarness harness(directory.file("answers.sqlite"), "run-1", 0ms);
    RC_ASSERT(harness.commit(key, answer).has_value());
    RC_ASSERT(same(*harness.find(key), answer));
  }
  StoreHarness harness(directory.file("answers.sqlite"), "run-2", 0ms);
  const auto found = harness.find(key);
  RC_ASSERT(found != nullptr);
  RC_ASSERT(same(*found, answer));
}

TEST(SqliteStore, gives_the_answer_of_the_first_provider_that_has_one) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"));
  harness.start_commit(key_of(11), make_answer(11));
  harness.start_commit(key_of(20), make_answer(20));
  harness.start_commit(key_of(21), make_answer(21));
  harness.run();
  const auto found =
      harness.find_all({.keys = {key_of(10), key_of(11), key_of(20), key_of(21), key_of(30), key_of(31)},
                        .keys_per_row = 2,
                        .this_run_only = {false, false, false}});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 3U);
  EXPECT_TRUE(same(*found->at(0), make_answer(11)));
  EXPECT_TRUE(same(*found->at(1), make_answer(20)));
  EXPECT_EQ(found->at(2), nullptr);
  EXPECT_EQ(harness.store().stats().hits, 2U);
  EXPECT_EQ(harness.store().stats().lookups, 3U);
}

TEST(SqliteStore, keeps_the_first_answer_of_a_run) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"));
  ASSERT_TRUE(harness.commit(key_of(1), make_answer(1)));
  ASSERT_TRUE(harness.commit(key_of(1), make_answer(2)));
  EXPECT_TRUE(same(*harness.find(key_of(1)), make_answer(1)));
}

TEST(SqliteStore, counts_only_answers_of_this_run_when_asked_to_and_replaces_the_older_one) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  {
    ASSERT_TRUE(StoreHarness(path, "old run").commit(key_of(1), make_answer(1)));
  }
  {
    StoreHarness forced(path, "forced run");
    EXPECT_EQ(forced.find(key_of(1), true), nullptr);
    EXPECT_NE(forced.find(key_of(1), false), nullptr);
    ASSERT_TRUE(forced.commit(key_of(1), make_answer(2)));
    EXPECT_TRUE(same(*forced.find(key_of(1), true), make_answer(2)));
  }
  {
    StoreHarness resumed(path, "forced run");
    const auto found = resumed.find(key_of(1), true);
    ASSERT_NE(found, nullptr);
    EXPECT_TRUE(same(*found, make_answer(2)));
  }
  StoreHarness later(path, "later run");
  EXPECT_TRUE(same(*later.find(key_of(1)), make_answer(2)));
}

TEST(SqliteStore, keeps_the_first_answer_when_another_process_was_quicker) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  StoreHarness one(path, "run-1");
  StoreHarness other(path, "run-2");
  ASSERT_TRUE(other.commit(key_of(1), make_answer(2)));
  ASSERT_TRUE(one.commit(key_of(1), make_answer(1)));
  EXPECT_TRUE(same(*one.find(key_of(1)), make_answer(2)));
  EXPECT_EQ(one.find(key_of(1), true), nullptr);
}

TEST(SqliteStore, writes_many_answers_in_few_transactions) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"), "run-1", 1h, 100);
  for (std::uint64_t i = 0; i < 1000; ++i) harness.start_commit(key_of(i), make_answer(i));
  harness.flush();
  EXPECT_EQ(harness.committed(), 1000U);
  EXPECT_EQ(harness.store().stats().commits, 1000U);
  EXPECT_GE(harness.store().stats().transactions, 1U);
  EXPECT_LE(harness.store().stats().transactions, 11U);  // ten full groups and the flush
}

TEST(SqliteStore, writes_a_small_group_when_its_window_ends) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"), "run-1", 20ms);
  for (std::uint64_t i = 0; i < 10; ++i) harness.start_commit(key_of(i), make_answer(i));
  harness.run();  // ends only because the window does
  EXPECT_EQ(harness.committed(), 10U);
}

TEST(SqliteStore, makes_an_answer_durable_before_a_look_up_can_see_it) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"), "run-1", 1h);
  harness.start_commit(key_of(1), make_answer(1));
  EXPECT_NE(harness.find(key_of(1)), nullptr);  // would wait an hour otherwise
  EXPECT_EQ(harness.committed(), 1U);
  EXPECT_EQ(harness.store().stats().transactions, 1U);
  // A look-up of something else does not disturb the group.
  harness.start_commit(key_of(2), make_answer(2));
  boost::asio::io_context& io = harness.io();
  bool is_found = false;
  boost::asio::co_spawn(
      io, harness.store().find({.keys = {key_of(3)}, .keys_per_row = 1, .this_run_only = {false}}),
      [&is_found](const std::exception_ptr&, const auto&) { is_found = true; });
  io.restart();
  while (!is_found) io.run_one();
  EXPECT_EQ(harness.store().stats().transactions, 1U);
}

TEST(SqliteStore, commits_what_is_pending_when_it_ends) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  {
    StoreHarness harness(path, "run-1", 1h);
    for (std::uint64_t i = 0; i < 50; ++i) harness.start_commit(key_of(i), make_answer(i));
    harness.store().remember("capabilities/x", "no temperature");
  }
  StoreHarness harness(path);
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_NE(harness.find(key_of(i)), nullptr) << i;
  EXPECT_EQ(harness.store().recall("capabilities/x"), "no temperature");
}

TEST(SqliteStore, recalls_facts_at_once_and_after_reopening) {
  const TempDirectory directory;
  const std::string path = directory.file("answers.sqlite");
  {
    StoreHarness harness(path);
    EXPECT_EQ(harness.store().recall("a"), std::nullopt);
    harness.store().remember("a", "1");
    harness.store().remember("a", "2");
    harness.store().remember("пусто", "");
    harness.store().remember("too long", std::string(kLongestFactBytes, 'x'));
    EXPECT_EQ(harness.store().recall("a"), "2");
    harness.flush();
  }
  StoreHarness harness(path);
  EXPECT_EQ(harness.store().recall("a"), "2");
  EXPECT_EQ(harness.store().recall("пусто"), "");
  EXPECT_EQ(harness.store().recall("too long"), std::nullopt);
}

TEST(SqliteStore, writes_nothing_for_a_fact_that_is_known_and_keeps_no_more_than_it_says) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"));
  harness.store().remember("a", "1");
  harness.flush();
  const std::uint64_t transactions = harness.store().stats().transactions;
  harness.store().remember("a", "1");
  harness.flush();
  EXPECT_EQ(harness.store().stats().transactions, transactions);
  for (std::size_t i = 0; i < kMostFacts + 5; ++i) harness.store().remember("fact " + std::to_string(i), "x");
  EXPECT_EQ(harness.store().recall("fact " + std::to_string(kMostFacts + 4)), std::nullopt);
  harness.store().remember("a", "2");
  EXPECT_EQ(harness.store().recall("a"), "2") << "a known one may change";
}

TEST(SqliteStore, refuses_an_answer_that_is_too_long_and_keeps_the_others) {
  const TempDirectory directory;
  StoreHarness harness(directory.file("answers.sqlite"));
  domain::Answer endless = make_answer(1);
  endless.raw_json.assign(kLongestAnswerBytes + 1, 'x');
  harness.start_commit(key_of(2), make_answer(2));
  const Result<void> refused = harness.commit(key_of(1), endless);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(harness.committed(), 1U);
  domain::Answer large = make_answer(3);
  large.raw_json.assign(kLongestAnswerBytes - 1000, 'x');
  ASSERT_TRUE(harness.commit(key_of(3), large));
  EXPECT_TRUE(same(*harness.find(key_of(3)), large));
}

}  // namespace
}  // namespace sv::store
