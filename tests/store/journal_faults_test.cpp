// Journals, rows and limits of a run on disks that are full, broken or refuse, and files that say odd things.
#include "base/hash.hpp"
#include "store/claims_file.hpp"
#include "store/limits_file.hpp"
#include "store/row_states_file.hpp"
#include "store/run_history.hpp"
#include "store/run_journal_file.hpp"
#include "store/store_harness.hpp"
#include "support/failing_calls.hpp"
#include "support/virtual_clock.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <sys/stat.h>

namespace sv::store {
namespace {

using namespace std::chrono_literals;

class JournalFaults : public testing::Test {
 protected:
  RunJournalOptions options() const {
    return {.cache_path = directory_.file("cache.sqlite"),
            .source = "statuses.csv",
            .target = "/home/me/review.csv",
            .shown_target = "",
            .fingerprint = "f",
            .arguments = {"run"},
            .directory = "/home/me"};
  }
  Result<std::unique_ptr<RunJournalFile>> open() const { return RunJournalFile::open(options(), clock_); }
  std::unique_ptr<RunJournalFile> must_open() const {
    auto journal = open();
    EXPECT_TRUE(journal) << journal.error().message;
    return journal ? *std::move(journal) : nullptr;
  }
  Result<ports::RequestNumber> ask(RunJournalFile& journal, std::uint64_t row) const {
    const domain::AnswerKey key = key_of(row);
    return journal.begin_request({.row_number = row, .key = &key, .provider = "openai", .model = "gpt"});
  }
  ErrorKind kind_of_refusal() const {
    const auto refused = open();
    EXPECT_FALSE(refused.has_value());
    return refused ? ErrorKind::cancelled : refused.error().kind;
  }

  TempDirectory directory_;
  support::VirtualClock clock_;
};

TEST_F(JournalFaults, a_run_does_not_begin_without_its_lock_and_its_journal) {
  {
    const FailingCalls refusing(SystemCall::make_directory, EACCES, "cache.sqlite-runs");
    EXPECT_EQ(kind_of_refusal(), ErrorKind::permission_denied);
  }
  {
    const FailingCalls refusing(SystemCall::open, EROFS, ".lock");
    EXPECT_EQ(kind_of_refusal(), ErrorKind::permission_denied);
  }
  {
    const FailingCalls no_locks(SystemCall::lock, ENOLCK, ".lock");
    EXPECT_EQ(kind_of_refusal(), ErrorKind::io) << "this file system knows no locks";
  }
  {
    const FailingCalls too_many(SystemCall::open, EMFILE, ".journal");
    EXPECT_EQ(kind_of_refusal(), ErrorKind::io);
  }
  {
    const FailingCalls full(SystemCall::write, ENOSPC, ".journal");
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::io);
    EXPECT_NE(refused.error().message.find("write the journal"), std::string::npos)
        << refused.error().message;
  }
  EXPECT_TRUE(open()) << "nothing is left that would be in the way";
}

TEST_F(JournalFaults, a_lock_that_cannot_say_who_holds_it_holds_all_the_same) {
  const FailingCalls full(SystemCall::truncate, ENOSPC, ".lock");
  const auto journal = must_open();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::already_locked);
  EXPECT_NE(second.error().message.find("another run works on statuses.csv: another process"),
            std::string::npos)
      << second.error().message;
  const FailingCalls unreadable(SystemCall::open, EACCES, ".lock", 1);
  const auto third = open();
  ASSERT_FALSE(third);
  EXPECT_NE(third.error().message.find("it ends just now"), std::string::npos) << third.error().message;
}

TEST_F(JournalFaults, nothing_is_asked_or_bought_once_it_cannot_be_written_down) {
  const auto journal = must_open();
  ASSERT_TRUE(journal->begin_run(3));
  ASSERT_TRUE(ask(*journal, 1));
  {
    const FailingCalls full(SystemCall::write, ENOSPC, ".journal");
    journal->note_written({.judged = 1});
    const auto refused = ask(*journal, 2);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::io);
    EXPECT_EQ(full.failures(), 1) << "a full disk is not tried again and again";
  }
  EXPECT_FALSE(ask(*journal, 3)) << "a journal with a gap is none";
  EXPECT_FALSE(journal->begin_run(3));
  EXPECT_FALSE(journal->note_batch({.part = 1, .keys = {"aa"}}));
  EXPECT_TRUE(journal->error());
  journal->end_run(ports::RunEnd::interrupted, {.judged = 1});
  const auto run = read_journal(journal->path());
  ASSERT_TRUE(run);
  EXPECT_EQ(run->requests, 1U);
  EXPECT_EQ(run->end, std::nullopt);
}

TEST_F(JournalFaults, a_batch_is_not_ordered_unless_its_note_is_durable) {
  const auto journal = must_open();
  const FailingCalls broken(SystemCall::sync, EIO, ".journal");
  EXPECT_FALSE(journal->note_batch({.part = 1, .keys = {"aa"}}));
  EXPECT_FALSE(ask(*journal, 1));
}

TEST_F(JournalFaults, an_end_that_is_not_durable_is_noticed) {
  const auto journal = must_open();
  const FailingCalls broken(SystemCall::sync, EIO, ".journal");
  journal->end_run(ports::RunEnd::finished, {});
  EXPECT_TRUE(journal->error());
}

TEST_F(JournalFaults, a_disk_that_does_not_tell_its_room_is_no_reason_not_to_begin) {
  const auto journal = must_open();
  const FailingCalls silent(SystemCall::tell_space, ENOSYS, ".journal");
  EXPECT_TRUE(journal->begin_run(1'000'000'000));
}

TEST_F(JournalFaults, lines_that_wait_for_company_go_before_they_are_many) {
  const auto journal = must_open();
  for (std::uint64_t row = 1; row <= 2'000; ++row) journal->end_request(row, {.http_status = 200});
  EXPECT_GT(read_journal(journal->path())->answers, 100U) << "without a request that would write them";
}

TEST_F(JournalFaults, progress_is_noted_now_and_then) {
  const auto journal = must_open();
  journal->note_written({.written = 1});
  journal->note_written({.written = 2});
  EXPECT_EQ(read_journal(journal->path())->progress.written, 1U);
  clock_.advance(1h);
  journal->note_written({.written = 3});
  EXPECT_EQ(read_journal(journal->path())->progress.written, 3U);
}

TEST_F(JournalFaults, a_request_about_no_known_question_is_counted_too) {
  std::string path;
  {
    const auto journal = must_open();
    ASSERT_TRUE(journal->begin_request({.row_number = 2, .provider = "p", .model = "m"}));
    path = journal->path();
  }
  const auto again = must_open();
  EXPECT_EQ(again->earlier()->open_requests, 1U);
  EXPECT_EQ(again->repeated_questions(), 0U);
}

TEST_F(JournalFaults, a_journal_that_cannot_be_read_is_told_and_a_new_one_begun) {
  std::string path;
  std::string id;
  {
    const auto journal = must_open();
    ASSERT_TRUE(ask(*journal, 1));
    path = journal->path();
    id = journal->run_id();
  }
  const JournalHistory history(options().cache_path);
  const std::vector<ports::RunRecord> runs = history.runs(10);
  ASSERT_EQ(runs.size(), 1U);
  {
    const FailingCalls broken(SystemCall::read, EIO, ".journal");
    EXPECT_EQ(history.run_at(path).error().kind, ErrorKind::io);
    EXPECT_EQ(history.requests_of(runs[0], 1, {}).error().kind, ErrorKind::io);
    EXPECT_EQ(history.each_request(runs[0], [](const ports::RequestRecord&) {}).error().kind, ErrorKind::io);
    EXPECT_TRUE(history.runs(10).empty());
    EXPECT_NE(must_open()->run_id(), id);
  }
  {
    const FailingCalls refusing(SystemCall::open, EACCES, ".journal");
    EXPECT_EQ(history.run_at(path).error().kind, ErrorKind::permission_denied);
  }
  EXPECT_EQ(history.run_at(directory_.file("none")).error().kind, ErrorKind::not_found);
}

TEST_F(JournalFaults, a_line_break_that_cannot_be_looked_for_is_taken_to_be_there) {
  std::string path;
  {
    path = must_open()->path();
  }
  {
    const FailingCalls broken(SystemCall::seek, EIO, ".journal");
    ASSERT_TRUE(ask(*must_open(), 1));
  }
  EXPECT_EQ(read_journal(path)->damaged_lines, 0U);
  EXPECT_EQ(read_journal(path)->processes, 2U);
}

TEST_F(JournalFaults, requests_are_told_as_they_end_and_those_without_an_end_last) {
  const auto journal = must_open();
  for (std::uint64_t row = 1; row <= 3; ++row) ASSERT_TRUE(ask(*journal, row));
  journal->end_request(2, {.http_status = 200});
  journal->end_request(9, {.http_status = 200});  // of which nothing is known
  journal->end_request(1, {.error = ErrorKind::timeout});
  ASSERT_TRUE(ask(*journal, 4));
  const JournalHistory history(options().cache_path);
  std::vector<std::uint64_t> told;
  ASSERT_TRUE(history.each_request(history.runs(1).front(), [&](const ports::RequestRecord& request) {
    told.push_back(request.number);
    EXPECT_EQ(request.has_ended, told.size() <= 2);
  }));
  EXPECT_EQ(told, (std::vector<std::uint64_t>{2, 1, 3, 4}));
}

TEST_F(JournalFaults, what_was_held_for_requests_without_an_end_counts_as_spent) {
  {
    const auto journal = must_open();
    const domain::AnswerKey key = key_of(1);
    ports::RequestStart start{.row_number = 1, .key = &key, .provider = "p", .model = "m"};
    start.reserved = domain::Money(70, {});
    ASSERT_TRUE(journal->begin_request(start));
    ASSERT_TRUE(journal->begin_request(start));
    journal->end_request(2, {.http_status = 200, .cost = domain::Money(5, {})});
    ASSERT_TRUE(journal->note_batch({.part = 9, .stage = ports::BatchStage::ended, .outcome = "completed"}));
    ASSERT_TRUE(journal->note_batch({.part = 1, .keys = {"aa"}}));
    ASSERT_TRUE(journal->note_batch({.part = 1, .stage = ports::BatchStage::ended, .outcome = "failed"}));
  }
  const auto again = must_open();
  EXPECT_EQ(again->earlier()->charged.amounts(), std::vector{domain::Money(75, {})});
  EXPECT_EQ(again->earlier()->requests, 2U) << "rows of a batch that failed were not asked about";
  EXPECT_EQ(again->last_part(), 9U);
}

// ---- lines that are whole and say odd things
// ------------------------------------------------------------------------

ReadLine read_content(std::string_view content) {
  return read_line(fmt::format("{:08x} {}", crc32(content), content));
}

TEST(OddJournalLine, is_no_record_or_one_with_defaults) {
  for (const char* content : {"[]", "7", "{", "{\"t\":\"open\"", "nothing"})
    EXPECT_EQ(read_content(content).state, LineState::damaged) << content;
  for (const char* content : {R"({})", R"({"t":7})", R"({"t":"close","as":"tired"})",
                              R"({"t":"batch","as":"planned"})", R"({"t":"batch","as":"wished","part":1})"})
    EXPECT_EQ(read_content(content).state, LineState::unknown) << content;

  const ReadLine asked =
      read_content(R"({"t":"ask","n":-3,"row":18446744073709551615,"key":5,"provider":null})");
  ASSERT_EQ(asked.state, LineState::record);
  const auto& ask = std::get<JournalAsked>(asked.record);
  EXPECT_EQ(ask.number, 0U);
  EXPECT_EQ(ask.row_number, 18446744073709551615U);
  EXPECT_EQ(ask.key, "");
  const ReadLine rows = read_content(R"({"t":"rows","rows":"many"})");
  EXPECT_EQ(std::get<JournalRows>(rows.record).rows, 0U);

  const ReadLine bare = read_content(R"({"t":"open","arguments":"run"})");
  EXPECT_TRUE(std::get<JournalOpened>(bare.record).arguments.empty());
  const ReadLine mixed = read_content(R"({"t":"open","arguments":["run",7,"x"]})");
  EXPECT_EQ(std::get<JournalOpened>(mixed.record).arguments, (std::vector<std::string>{"run", "x"}));
  const ReadLine none = read_content(R"({"t":"open"})");
  EXPECT_TRUE(std::get<JournalOpened>(none.record).arguments.empty());
  EXPECT_EQ(read_line(std::string(kLongestJournalLine + 1, 'a')).state, LineState::damaged);
}

// ---- the rows of a run
// --------------------------------------------------------------------------------------------

ports::RowState row(std::uint64_t number) {
  ports::RowState state;
  state.number = number;
  state.identifier = "a project of some length";
  return state;
}

class RowStatesFaults : public testing::Test {
 protected:
  std::string journal() const { return directory_.file("t-20261125-093000-1f0c9a2b.journal"); }
  std::string path() const { return row_states_path_of(journal()); }
  Result<RowStatesFile> create() const { return RowStatesFile::create(journal(), ports::RunStates()); }

  TempDirectory directory_;
};

TEST_F(RowStatesFaults, that_cannot_be_kept_are_told) {
  {
    const FailingCalls refusing(SystemCall::open, EACCES, ".rows.tmp");
    EXPECT_EQ(create().error().kind, ErrorKind::permission_denied);
  }
  for (const SystemCall call : {SystemCall::write, SystemCall::rename}) {
    auto file = create();
    ASSERT_TRUE(file);
    file->add(row(2));
    const FailingCalls failing(call, ENOSPC, ".rows.tmp");
    const Result<void> finished = file->finish(true);
    ASSERT_FALSE(finished);
    EXPECT_NE(finished.error().message.find(path()), std::string::npos) << finished.error().message;
    EXPECT_FALSE(read_row_states(journal()));
  }
}

TEST_F(RowStatesFaults, that_are_many_are_written_on_the_way_and_no_more_after_a_failure) {
  auto file = create();
  ASSERT_TRUE(file);
  const FailingCalls full(SystemCall::write, ENOSPC, ".rows.tmp", 1);
  for (std::uint64_t i = 0; i < 10'000; ++i) file->add(row(i));
  EXPECT_EQ(full.failures(), 1);
  EXPECT_FALSE(file->finish(true));
  EXPECT_EQ(full.failures(), 1);
}

TEST_F(RowStatesFaults, that_are_many_come_back_in_order) {
  auto file = create();
  ASSERT_TRUE(file);
  for (std::uint64_t i = 10'000; i > 0; --i) file->add(row(i));
  ASSERT_TRUE(file->finish(false));
  const auto states = read_row_states(journal());
  ASSERT_TRUE(states);
  EXPECT_FALSE(states->is_complete);
  ASSERT_EQ(states->rows.size(), 10'000U);
  EXPECT_EQ(states->rows.front().number, 1U);
}

TEST_F(RowStatesFaults, that_cannot_be_read_are_none) {
  ASSERT_TRUE(create()->finish(true));
  ASSERT_TRUE(read_row_states(journal()));
  const FailingCalls broken(SystemCall::read, EIO, ".rows");
  EXPECT_FALSE(read_row_states(journal()));
  EXPECT_FALSE(read_row_states(directory_.file("other.journal"))) << "there are none";
}

TEST_F(RowStatesFaults, a_file_that_is_whole_and_says_odd_things_is_not_believed) {
  const std::string head = R"({"format":1,"run":"r","at":5,"question":"q","limit":0})";
  const auto keep = [&](const std::string& body, std::string end = R"("rows":1,"complete":true)") {
    std::string text = body + "{" + end + ",\"crc\":\"";
    text += fmt::format("{:08x}\"}}\n", crc32(text));
    write_file(path(), text);
    return read_row_states(journal());
  };
  ASSERT_TRUE(keep(head + "\n[2,\"a\",\"m\",\"h\",\"v\"]\n"));
  for (const char* row : {"{}", "[2]", "[2,\"a\"", "[\"two\",\"a\",\"m\",\"h\",\"v\"]",
                          "[2,\"a\",\"m\",\"h\",\"w\"]", "[2,\"a\",\"m\",\"h\",\"vi\"]", "7"})
    EXPECT_FALSE(keep(head + "\n" + row + "\n")) << row;
  EXPECT_FALSE(keep(head + "\n")) << "a row is missing";
  EXPECT_FALSE(keep(R"({"format":2})"
                    "\n"))
      << "of another version";
  EXPECT_FALSE(keep("[]\n"));
  EXPECT_FALSE(keep("{\n"));
  // Texts and numbers that are none are empty.
  const auto odd = keep(R"({"format":1,"run":7,"at":"now","question":null})"
                        "\n[2,7,null,\"h\",\"-\"]\n",
                        R"("rows":1,"complete":"yes")");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->run_id, "");
  EXPECT_FALSE(odd->is_complete);
  EXPECT_EQ(odd->rows.front().identifier, "");
  EXPECT_FALSE(keep(head + "\n", R"("rows":0)")->is_complete);
  write_file(path(), head + "\n{\"rows\":0,\"complete\":true}\n");
  EXPECT_FALSE(read_row_states(journal())) << "no checksum";
  EXPECT_EQ(row_states_path_of("/a/b"), "/a/b.rows");
}

// ---- the limits that processes share
// ------------------------------------------------------------------------------

TEST(LimitsFaults, a_file_that_cannot_be_shared_is_told_and_nothing_worse) {
  const auto refusal = [](SystemCall call, int error_number, long skipped = 0) {
    const TempDirectory directory;
    const FailingCalls failing(call, error_number, "answers.sqlite-limits", skipped);
    const auto opened = LimitsFile::open(directory.file("answers.sqlite"));
    EXPECT_FALSE(opened);
    if (opened) return ErrorKind::cancelled;
    EXPECT_NE(opened.error().message.find("runs one after the other are not affected"), std::string::npos);
    return opened.error().kind;
  };
  EXPECT_EQ(refusal(SystemCall::open, EROFS), ErrorKind::permission_denied);
  EXPECT_EQ(refusal(SystemCall::lock, ENOLCK), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::lock, ENOLCK, 1), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::look, EIO), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::allocate, ENOSPC), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::map, ENOMEM), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::read, EIO), ErrorKind::invalid_input);
}

TEST(LimitsFaults, a_file_that_its_maker_left_empty_or_short_is_made_anew) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{8}, std::size_t{4096}}) {
    const TempDirectory directory;
    write_file(directory.file("answers.sqlite-limits"), std::string(size, '\0'));
    const auto opened = LimitsFile::open(directory.file("answers.sqlite"));
    ASSERT_TRUE(opened) << size;
    EXPECT_TRUE((*opened)->join("a"));
  }
  const TempDirectory directory;
  write_file(directory.file("answers.sqlite-limits"), "four");
  EXPECT_FALSE(LimitsFile::open(directory.file("answers.sqlite"))) << "too short to be ours";
}

TEST(LimitsFaults, a_kernel_that_does_not_tell_its_boot_is_no_reason_not_to_share) {
  const TempDirectory directory;
  const FailingCalls hidden(SystemCall::open, ENOENT, "boot_id");
  const auto first = LimitsFile::open(directory.file("answers.sqlite"));
  const auto second = LimitsFile::open(directory.file("answers.sqlite"));
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_GT(hidden.failures(), 0);
}

// ---- what others ask
// ----------------------------------------------------------------------------------------------

TEST(ClaimsFaults, a_file_that_cannot_be_shared_is_told_and_nothing_worse) {
  const auto refusal = [](SystemCall call, int error_number) {
    const TempDirectory directory;
    const FailingCalls failing(call, error_number, "answers.sqlite-asking");
    const auto opened = ClaimsFile::open(directory.file("answers.sqlite"));
    EXPECT_FALSE(opened);
    if (opened) return ErrorKind::cancelled;
    EXPECT_NE(opened.error().message.find("may ask the same question twice"), std::string::npos);
    return opened.error().kind;
  };
  EXPECT_EQ(refusal(SystemCall::open, EROFS), ErrorKind::permission_denied);
  EXPECT_EQ(refusal(SystemCall::look, EIO), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::read, EIO), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::allocate, ENOSPC), ErrorKind::io);
  EXPECT_EQ(refusal(SystemCall::map, ENOMEM), ErrorKind::io);
}

TEST(ClaimsFaults, a_file_of_somebody_else_is_left_and_one_that_its_maker_left_is_taken) {
  const TempDirectory directory;
  const std::string cache = directory.file("answers.sqlite");
  for (const char* theirs : {"four", "eight bytes and more"}) {
    write_file(cache + "-asking", theirs);
    const auto opened = ClaimsFile::open(cache);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, ErrorKind::invalid_input);
    EXPECT_EQ(read_file(cache + "-asking"), theirs);
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{8}, std::size_t{4096}}) {
    write_file(cache + "-asking", std::string(size, '\0'));
    EXPECT_TRUE(ClaimsFile::open(cache)) << size;
  }
  std::filesystem::remove(cache + "-asking");
  ASSERT_EQ(::mkfifo((cache + "-asking").c_str(), 0600), 0);
  EXPECT_EQ(ClaimsFile::open(cache).error().kind, ErrorKind::invalid_input);
}

}  // namespace
}  // namespace sv::store
