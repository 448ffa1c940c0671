#include "store/run_journal_file.hpp"
#include "store/store_harness.hpp"
#include "support/virtual_clock.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

RunJournalOptions options_in(const TempDirectory& directory, const std::string& fingerprint = "f") {
  return {.cache_path = directory.file("cache.sqlite"),
          .source = "statuses.csv",
          .target = "/home/me/review.csv",
          .shown_target = "review.csv",
          .fingerprint = fingerprint,
          .arguments = {"run", "statuses.csv", "--output", "review.csv"},
          .directory = "/home/me"};
}

std::unique_ptr<RunJournalFile> open(const RunJournalOptions& options, const Clock& clock) {
  Result<std::unique_ptr<RunJournalFile>> journal = RunJournalFile::open(options, clock);
  if (!journal) ADD_FAILURE() << journal.error().message;
  return journal ? std::move(*journal) : nullptr;
}

ports::RequestNumber ask(RunJournalFile& journal, std::uint64_t row, const domain::AnswerKey& key) {
  const Result<ports::RequestNumber> number =
      journal.begin_request({.row_number = row, .key = &key, .provider = "openai", .model = "gpt"});
  return number.value_or(0);
}

void append(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

TEST(JournalRecord, every_kind_is_read_back_as_it_was_written) {
  const std::vector<JournalRecord> records = {
      JournalOpened{.run_id = "20261125-093000-1f0c9a2b",
                    .at = WallTime(1764059400000ms),
                    .pid = 812,
                    .host = "pm1",
                    .source = "отчёт \"1\"\n.csv",
                    .target = "C:\\review.csv",
                    .fingerprint = "00ff",
                    .directory = "/home/\x01",
                    .arguments = {"run", "--column", "comment=Текст"},
                    .deadline = WallTime(1764059500000ms)},
      JournalRows{666},
      JournalAsked{.number = 3,
                   .row_number = 5,
                   .key = "0011223344556677",
                   .provider = "openai",
                   .model = "gpt",
                   .at = WallTime(7ms)},
      JournalAnswered{.number = 3,
                      .error = "rate_limited",
                      .http_status = 429,
                      .latency = 120ms,
                      .usage = {.input = 5, .cached_input = 4, .cache_write = 3, .output = 2, .reasoning = 1},
                      .cost = domain::Money(420, *domain::Currency::parse("EUR"))},
      JournalPut{{.judged = 1, .cached = 2, .unjudged = 3, .skipped = 4, .written = 5}},
      JournalClosed{.end = ports::RunEnd::interrupted, .at = WallTime(9ms), .progress = {.judged = 1}},
      JournalBatch{.note = {.part = 2,
                            .provider = "openai",
                            .keys = {"0011223344556677", "8899aabbccddeeff"},
                            .reserved = domain::Money(420, *domain::Currency::parse("EUR"))},
                   .at = WallTime(11ms)},
      JournalBatch{
          .note = {.part = 2, .stage = ports::BatchStage::created, .provider = "openai", .id = "batch_1"},
          .at = WallTime(12ms)},
      JournalBatch{.note = {.part = 2,
                            .stage = ports::BatchStage::ended,
                            .provider = "openai",
                            .outcome = "expired",
                            .answers = 1,
                            .usage = {.input = 5, .output = 2},
                            .cost = domain::Money(7, {})},
                   .at = WallTime(13ms)},
      // Keys are hexadecimal; a file that was tampered with may say otherwise (fuzz/findings/journal/0003).
      JournalBatch{.note = {.part = 1,
                            .stage = ports::BatchStage::planned,
                            .provider = "p",
                            .keys = {"00", "\b\"\\\n"}},
                   .at = WallTime(14ms)},
  };
  for (const JournalRecord& record : records) {
    std::string line;
    append_line(record, line);
    ASSERT_EQ(line.back(), '\n');
    line.pop_back();
    EXPECT_EQ(line.find('\n'), std::string::npos) << "one record, one line";
    const ReadLine read = read_line(line);
    ASSERT_EQ(read.state, LineState::record) << line;
    EXPECT_EQ(read.record, record) << line;
  }
}

RC_GTEST_PROP(JournalRecord, a_changed_byte_is_noticed, ()) {
  std::string line;
  append_line(
      JournalAsked{
          .number = 17, .row_number = 4, .key = "a1", .provider = "p", .model = "m", .at = WallTime(5ms)},
      line);
  line.pop_back();
  const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
  const auto bit = *rc::gen::inRange(0, 8);
  line[at] = static_cast<char>(static_cast<unsigned char>(line[at]) ^ (1U << static_cast<unsigned>(bit)));
  const ReadLine read = read_line(line);
  RC_ASSERT(read.state == LineState::damaged);
}

RC_GTEST_PROP(JournalRecord, any_bytes_are_read_without_harm, (const std::string& bytes)) {
  RC_ASSERT(read_line(bytes).state == LineState::damaged);
}

TEST(JournalRecord, an_unknown_kind_of_line_is_passed_over) {
  const std::string content = R"({"t":"weather","is":"fine"})";
  EXPECT_EQ(read_line(fmt::format("{:08x} {}", crc32(content), content)).state, LineState::unknown);
}

TEST(RunJournalFile, the_next_process_knows_the_batches_that_are_under_way) {
  const TempDirectory directory;
  support::VirtualClock clock;
  // More keys than one line takes.
  std::vector<std::string> keys;
  for (int i = 0; i < 4'500; ++i) keys.push_back(fmt::format("{:016x}", i));
  std::string path;
  {
    const auto journal = open(options_in(directory), clock);
    EXPECT_TRUE(journal->open_batches().empty());
    ASSERT_TRUE(journal->begin_run(5'000).has_value());
    const auto note = [&](ports::BatchNote note) { ASSERT_TRUE(journal->note_batch(note).has_value()); };
    note({.part = 1, .keys = keys, .reserved = domain::Money(100, {})});
    note({.part = 1, .stage = ports::BatchStage::uploaded, .id = "file-1"});
    note({.part = 1, .stage = ports::BatchStage::creating});
    note({.part = 2, .keys = {"aa"}, .reserved = domain::Money(50, {})});
    note({.part = 2, .stage = ports::BatchStage::created, .id = "batch_2"});
    note({.part = 2,
          .stage = ports::BatchStage::ended,
          .outcome = "completed",
          .answers = 1,
          .cost = domain::Money(30, {})});
    note({.part = 3, .keys = {"bb"}});
    note({.part = 3, .stage = ports::BatchStage::ended, .outcome = std::string(ports::kVoidBatch)});
    path = journal->path();
  }  // killed
  const auto journal = open(options_in(directory), clock);
  EXPECT_EQ(journal->path(), path);
  EXPECT_EQ(journal->last_part(), 3U);
  ASSERT_EQ(journal->open_batches().size(), 1U);
  const ports::OpenBatch& batch = journal->open_batches().front();
  EXPECT_EQ(batch.part, 1U);
  EXPECT_EQ(batch.stage, ports::BatchStage::creating);
  EXPECT_EQ(batch.file_id, "file-1");
  EXPECT_EQ(batch.batch_id, "");
  EXPECT_EQ(batch.keys, keys);
  EXPECT_EQ(batch.reserved, domain::Money(100, {}));
  EXPECT_EQ(batch.planned_at, clock.wall_now());
  ASSERT_TRUE(journal->earlier());
  EXPECT_EQ(journal->earlier()->charged.amounts(), std::vector{domain::Money(30, {})})
      << "what is open is held anew";
  EXPECT_EQ(journal->earlier()->requests, 1U);
}

TEST(RunJournalFile, a_deadline_belongs_to_the_run_and_not_to_each_of_its_processes) {
  const TempDirectory directory;
  sim::VirtualClock clock;
  RunJournalOptions options = options_in(directory);
  const auto process = [&](std::optional<Duration> from_now, bool is_dated) {
    options.deadline.reset();
    if (from_now)
      options.deadline = clock.wall_now() + std::chrono::floor<std::chrono::milliseconds>(*from_now);
    options.is_deadline_dated = is_dated;
    return open(options, clock)->deadline();
  };
  const std::optional<WallTime> first = process(12h, false);
  ASSERT_TRUE(first);
  clock.advance(13h);
  EXPECT_EQ(process(23h, false), first) << "an hour late, not a day early";
  EXPECT_EQ(process(std::nullopt, false), first);
  EXPECT_EQ(process(5h, true), clock.wall_now() + 5h) << "a date is meant";
  clock.advance(24h);
  EXPECT_EQ(process(12h, false), clock.wall_now() + 12h) << "nobody thinks of the day before yesterday";
}

TEST(RunJournalFile, tells_afterwards_what_was_done) {
  const TempDirectory directory;
  support::VirtualClock clock;
  std::string path;
  {
    const auto journal = open(options_in(directory), clock);
    EXPECT_FALSE(journal->earlier().has_value());
    ASSERT_TRUE(journal->begin_run(3).has_value());
    const ports::RequestNumber first = ask(*journal, 2, key_of(1));
    const ports::RequestNumber second = ask(*journal, 3, key_of(2));
    journal->end_request(second, {.error = ErrorKind::rate_limited, .http_status = 429});
    journal->end_request(first, {.http_status = 200,
                                 .latency = 3s,
                                 .usage = {.input = 10, .output = 5},
                                 .cost = domain::Money(7, {})});
    journal->note_written({.judged = 1, .written = 1});
    journal->end_run(ports::RunEnd::finished, {.judged = 2, .cached = 1, .written = 3});
    path = journal->path();
  }
  const Result<ports::RunRecord> run = read_journal(path);
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->rows, 3U);
  EXPECT_EQ(run->requests, 2U);
  EXPECT_EQ(run->answers, 1U);
  EXPECT_EQ(run->failures, 1U);
  EXPECT_EQ(run->open_requests(), 0U);
  EXPECT_EQ(run->cost.amounts().front().trillionths(), 7);
  EXPECT_TRUE(run->is_finished());
  EXPECT_EQ(run->progress.written, 3U);
  EXPECT_EQ(run->arguments.at(1), "statuses.csv");
  EXPECT_EQ(run->damaged_lines, 0U);
  EXPECT_EQ(list_journals(directory.file("cache.sqlite")), std::vector<std::string>{path});
}

TEST(RunJournalFile, runs_of_one_second_keep_their_order) {
  const TempDirectory directory;
  support::VirtualClock clock;
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const auto journal = open(options_in(directory), clock);
    journal->end_run(ports::RunEnd::finished, {});
    ids.push_back(journal->run_id());
    clock.advance(7ms);
  }
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_EQ(ids.front().size(), std::string("20261125-093000-1f0c9a2b").size());
  EXPECT_EQ(JournalHistory(options_in(directory).cache_path).runs(1).front().run_id, ids.back());
}

TEST(RunJournalFile, a_request_is_written_down_before_it_is_sent) {
  const TempDirectory directory;
  support::VirtualClock clock;
  const auto journal = open(options_in(directory), clock);
  ask(*journal, 2, key_of(1));
  EXPECT_EQ(read_journal(journal->path())->requests, 1U) << "while the process may die at any moment";
}

TEST(RunJournalFile, a_run_that_was_killed_is_gone_on_with_and_its_lost_questions_are_counted_once) {
  const TempDirectory directory;
  support::VirtualClock clock;
  std::string first_id;
  {
    const auto journal = open(options_in(directory), clock);
    first_id = journal->run_id();
    ASSERT_TRUE(journal->begin_run(10).has_value());
    ask(*journal, 2, key_of(1));                                                            // under way
    journal->end_request(ask(*journal, 3, key_of(2)), {.http_status = 200});                // answered
    journal->end_request(ask(*journal, 4, key_of(3)), {.error = ErrorKind::rate_limited});  // refused
    journal->note_written({.judged = 1, .written = 1});
  }
  const auto journal = open(options_in(directory), clock);
  EXPECT_EQ(journal->run_id(), first_id);
  ASSERT_TRUE(journal->earlier().has_value());
  EXPECT_TRUE(journal->earlier()->was_killed);
  EXPECT_EQ(journal->earlier()->rows, 10U);
  EXPECT_EQ(journal->earlier()->progress.judged, 1U);
  EXPECT_EQ(journal->earlier()->open_requests, 1U);
  EXPECT_EQ(ask(*journal, 2, key_of(1)), 4U) << "numbers go on";
  EXPECT_EQ(journal->repeated_questions(), 1U);
  ask(*journal, 2, key_of(1));
  EXPECT_EQ(journal->repeated_questions(), 1U) << "a retry is no repetition";
  ask(*journal, 4, key_of(3));
  EXPECT_EQ(journal->repeated_questions(), 1U) << "a refused request has cost nothing";
  ask(*journal, 3, key_of(2));
  EXPECT_EQ(journal->repeated_questions(), 2U) << "an answer that was not committed in time is lost too";
}

TEST(RunJournalFile, a_finished_run_or_another_job_is_not_gone_on_with) {
  const TempDirectory directory;
  support::VirtualClock clock;
  std::string first_id;
  {
    const auto journal = open(options_in(directory), clock);
    first_id = journal->run_id();
  }
  {
    const auto journal = open(options_in(directory, "other rules"), clock);
    EXPECT_NE(journal->run_id(), first_id);
    EXPECT_FALSE(journal->earlier().has_value());
    journal->end_run(ports::RunEnd::finished, {});
    first_id = journal->run_id();
  }
  EXPECT_NE(open(options_in(directory, "other rules"), clock)->run_id(), first_id);
}

TEST(RunJournalFile, an_interrupted_run_is_gone_on_with) {
  const TempDirectory directory;
  support::VirtualClock clock;
  {
    open(options_in(directory), clock)->end_run(ports::RunEnd::interrupted, {.judged = 4});
  }
  const auto journal = open(options_in(directory), clock);
  ASSERT_TRUE(journal->earlier().has_value());
  EXPECT_FALSE(journal->earlier()->was_killed);
  EXPECT_EQ(journal->earlier()->progress.judged, 4U);
}

TEST(RunJournalFile, a_torn_or_bent_line_is_counted_and_the_rest_is_read) {
  const TempDirectory directory;
  support::VirtualClock clock;
  std::string path;
  {
    const auto journal = open(options_in(directory), clock);
    ask(*journal, 2, key_of(1));
    path = journal->path();
  }
  append(path, "0b7c11ee {\"t\":\"ask\",\"n\":2,\"ro");  // a crash in the middle of a write
  {
    const auto journal = open(options_in(directory), clock);
    ask(*journal, 3, key_of(2));
  }
  const Result<ports::RunRecord> run = read_journal(path);
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->damaged_lines, 1U);
  EXPECT_EQ(run->requests, 2U) << "the torn line did not take the next one with it";
  EXPECT_EQ(run->processes, 2U);
}

TEST(RunJournalFile, an_endless_line_takes_no_memory) {
  const TempDirectory directory;
  const std::string path = directory.file("x.journal");
  std::ofstream(path) << std::string(std::size_t{4} << 20U, 'a');
  const Result<ports::RunRecord> run = read_journal(path);
  ASSERT_TRUE(run.has_value());
  EXPECT_EQ(run->damaged_lines, 1U);
}

TEST(RunJournalFile, two_runs_cannot_work_on_one_target) {
  const TempDirectory directory;
  support::VirtualClock clock;
  const auto journal = open(options_in(directory), clock);
  const Result<std::unique_ptr<RunJournalFile>> second = RunJournalFile::open(options_in(directory), clock);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::already_locked);
  EXPECT_NE(second.error().message.find(fmt::format("process {}", ::getpid())), std::string::npos)
      << second.error().message;
  RunJournalOptions other = options_in(directory);
  other.target = "/home/me/other.csv";
  EXPECT_TRUE(RunJournalFile::open(other, clock).has_value()) << "another target, the same cache";
}

TEST(JournalHistory, knows_the_runs_of_a_cache_and_the_requests_of_a_row) {
  const TempDirectory directory;
  support::VirtualClock clock;
  {
    const auto journal = open(options_in(directory), clock);
    journal->end_request(ask(*journal, 2, key_of(1)), {.error = ErrorKind::rate_limited, .http_status = 429});
    ask(*journal, 3, key_of(2));
    journal->end_request(ask(*journal, 2, key_of(1)),
                         {.http_status = 200, .latency = 3s, .usage = {.input = 9}});
    ask(*journal, 2, key_of(1));
    journal->end_run(ports::RunEnd::finished, {});
  }
  clock.advance(60s);
  RunJournalOptions other = options_in(directory);
  other.target = "/home/me/other.csv";
  const auto working = open(other, clock);

  const JournalHistory history(directory.file("cache.sqlite"));
  const std::vector<ports::RunRecord> runs = history.runs(10);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].run_id, working->run_id()) << "the latest first";
  EXPECT_NE(runs[0].holder, "");
  EXPECT_EQ(runs[1].holder, "");
  EXPECT_TRUE(runs[1].is_finished());
  EXPECT_EQ(history.runs(1).size(), 1U);

  const auto requests = history.requests_of(runs[1], 2, {});
  ASSERT_TRUE(requests.has_value());
  ASSERT_EQ(requests->size(), 3U);
  EXPECT_EQ(requests->at(0).error, "rate_limited");
  EXPECT_EQ(requests->at(1).latency, 3s);
  EXPECT_EQ(requests->at(1).usage.input, 9U);
  EXPECT_FALSE(requests->at(2).has_ended);
  // Row 5 is identical to row 3: the question is asked once.
  const auto identical = history.requests_of(runs[1], 5, to_hex(key_of(2)));
  ASSERT_TRUE(identical.has_value());
  ASSERT_EQ(identical->size(), 1U);
  EXPECT_EQ(identical->at(0).row_number, 3U);
}

TEST(RunJournalFile, a_lock_dies_with_its_process) {
  const TempDirectory directory;
  support::VirtualClock clock;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto journal = RunJournalFile::open(options_in(directory), clock);
    ::_exit(journal ? 0 : 1);  // without any destructor
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const auto journal = open(options_in(directory), clock);
  EXPECT_TRUE(journal->earlier().has_value());
}

TEST(RunJournalFile, keeps_the_latest_journals_of_a_target) {
  const TempDirectory directory;
  support::VirtualClock clock;
  for (std::size_t i = 0; i < RunJournalFile::kKeptRuns + 3; ++i) {
    clock.advance_to(clock.now() + 10s);
    open(options_in(directory), clock)->end_run(ports::RunEnd::finished, {});
  }
  EXPECT_EQ(list_journals(directory.file("cache.sqlite")).size(), RunJournalFile::kKeptRuns);
}

TEST(RunJournalFile, nobody_else_can_read_it) {
  const TempDirectory directory;
  support::VirtualClock clock;
  const auto journal = open(options_in(directory), clock);
  struct stat status{};
  ASSERT_EQ(::stat(journal->path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(journal_directory(directory.file("cache.sqlite")).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST(RunJournalFile, a_run_for_which_the_disk_has_no_room_is_refused_before_anything_is_paid) {
  const TempDirectory directory;
  support::VirtualClock clock;
  const auto journal = open(options_in(directory), clock);
  const Result<void> begun = journal->begin_run(std::uint64_t{1} << 40U);
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().kind, ErrorKind::io);
  EXPECT_NE(begun.error().message.find("free"), std::string::npos) << begun.error().message;
}

}  // namespace
}  // namespace sv::store
