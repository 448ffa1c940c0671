// The K-th call of the operating system fails while a review is written or a table is read, for every K: the
// review is the old one or the new one, never a part, and nothing is left beside it.
#include "support/failing_calls.hpp"
#include "tables/csv_reader.hpp"
#include "tables/csv_sink.hpp"
#include "tables/csv_source.hpp"
#include "tables/files.hpp"
#include "tables/json_rows_sink.hpp"
#include "tables/row_spool.hpp"
#include "tables/table_tools.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sys/stat.h>

namespace sv::tables {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Larger than any buffer on the way, so that rows are written before the end too.
std::vector<domain::Outcome> outcomes() {
  std::vector<domain::Outcome> all;
  for (std::uint64_t place = 0; place < 6; ++place)
    all.push_back(make_outcome(place, fmt::format("P{}", place), std::string(100'000, 'c')));
  return all;
}

CsvSinkOptions options_for(const std::string& path) {
  CsvSinkOptions options;
  options.path = path;
  options.columns.identifier = true;
  options.source_name = "s.csv";
  return options;
}

// A run that writes a review, up to the first thing that fails.
Result<void> write_review(const std::string& path) {
  const auto sink = open_csv_sink(options_for(path));
  if (!sink) return std::unexpected(sink.error());
  const auto existing = read_existing(**sink);
  if (!existing) return std::unexpected(existing.error());
  if (const auto begun = begin(**sink, 6, true); !begun) return begun;
  if (const auto written = put(**sink, outcomes()); !written) return written;
  return finish(**sink);
}

struct Fault {
  SystemCall call;
  int error_number;
  const char* name;
};

class ReviewFaults : public testing::TestWithParam<Fault> {};

TEST_P(ReviewFaults, leave_the_old_review_or_the_new_one) {
  std::string fresh;
  {
    const TemporaryDirectory directory;
    ASSERT_TRUE(write_review(directory.path_of("review.csv")));
    fresh = content_of(directory.path_of("review.csv"));
  }
  int failed = 0;
  for (const bool has_old : {false, true}) {
    bool is_over = false;
    for (long number = 0; !is_over && !HasFailure(); ++number) {
      ASSERT_LT(number, 1'000) << "it never ends";
      const TemporaryDirectory directory;
      const std::string path = directory.path_of("review.csv");
      std::string old;
      if (has_old) {
        const auto sink = open_csv_sink(options_for(path));
        ASSERT_TRUE(begin(**sink, 1, false));
        ASSERT_TRUE(put(**sink, {make_outcome(0, "P0", "old")}));
        ASSERT_TRUE(finish(**sink));
        old = content_of(path);
      }
      Result<void> written;
      {
        const FailingCalls failing(GetParam().call, GetParam().error_number, directory.path(), number);
        written = write_review(path);
        is_over = failing.failures() == 0;
      }
      const std::string what =
          fmt::format("{} {}: {}", GetParam().name, number, written ? "written" : written.error().message);
      const std::string now = content_of(path);
      if (written) {
        EXPECT_EQ(now, fresh) << what;
      } else {
        ++failed;
        EXPECT_TRUE(now == old || now == fresh) << what;
        EXPECT_THAT(written.error().message, HasSubstr(directory.path())) << "it says where";
      }
      if (is_over) {
        EXPECT_TRUE(written) << what;
      }
      EXPECT_EQ(directory.names().size(), now.empty() ? 0U : 1U) << what;
    }
  }
  EXPECT_GT(failed, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Calls, ReviewFaults,
    testing::Values(Fault{SystemCall::write, ENOSPC, "write"}, Fault{SystemCall::sync, EIO, "sync"},
                    Fault{SystemCall::read, EIO, "read"}, Fault{SystemCall::open, EACCES, "open"},
                    Fault{SystemCall::rename, EROFS, "rename"}, Fault{SystemCall::link, EPERM, "link"},
                    Fault{SystemCall::change_mode, EPERM, "chmod"}),
    [](const auto& info) { return std::string(info.param.name); });

// ---- file systems that can less
// -----------------------------------------------------------------------------------

TEST(LesserFileSystem, without_nameless_files_gets_named_ones_that_are_removed) {
  for (const int error_number : {EOPNOTSUPP, EISDIR, EINVAL}) {
    const TemporaryDirectory directory;
    const std::string path = directory.write("review.csv", "old");
    {
      // One such open of each: the replacement's, and the scratch file's.
      const FailingCalls nameless(SystemCall::open, error_number, directory.path(), 0, 1);
      auto file = ReplacementFile::open(path);
      ASSERT_TRUE(file) << file.error().message;
      ASSERT_TRUE(file->write("new"));
      EXPECT_EQ(directory.names().size(), 2U) << "it has a name while it is written";
      ASSERT_TRUE(file->commit());
      EXPECT_EQ(content_of(path), "new");
      EXPECT_THAT(directory.names(), ElementsAre("review.csv"));
    }
    {
      const FailingCalls nameless(SystemCall::open, error_number, directory.path(), 0, 1);
      auto given_up = ReplacementFile::open(path);
      ASSERT_TRUE(given_up);
    }
    EXPECT_THAT(directory.names(), ElementsAre("review.csv"));
    const FailingCalls nameless(SystemCall::open, error_number, directory.path(), 0, 1);
    const auto scratch = open_scratch_file(directory.path());
    ASSERT_TRUE(scratch) << scratch.error().message;
    EXPECT_THAT(directory.names(), ElementsAre("review.csv"));
  }
}

TEST(LesserFileSystem, without_any_files_is_an_error) {
  const TemporaryDirectory directory;
  const FailingCalls first(SystemCall::open, EOPNOTSUPP, directory.path(), 0, 1);
  const FailingCalls second(SystemCall::open, EROFS, directory.path());
  EXPECT_EQ(ReplacementFile::open(directory.path_of("a.csv")).error().kind, ErrorKind::permission_denied);
  const FailingCalls third(SystemCall::open, EOPNOTSUPP, directory.path(), 0, 1);
  EXPECT_EQ(open_scratch_file(directory.path()).error().kind, ErrorKind::permission_denied);
}

TEST(LesserFileSystem, without_proc_the_replacement_has_a_name) {
  const TemporaryDirectory directory;
  const FailingCalls hidden(SystemCall::may_access, ENOENT, "/proc/self/fd");
  auto file = ReplacementFile::open(directory.path_of("a.csv"));
  ASSERT_TRUE(file);
  EXPECT_EQ(directory.names().size(), 1U);
  ASSERT_TRUE(file->write("new"));
  ASSERT_TRUE(file->commit());
  EXPECT_THAT(directory.names(), ElementsAre("a.csv"));
}

TEST(LesserFileSystem, that_cannot_sync_directories_is_no_error_but_a_broken_one_is) {
  const TemporaryDirectory directory;
  for (const int error_number : {EINVAL, EIO}) {
    auto file = ReplacementFile::open(directory.path_of("a.csv"));
    ASSERT_TRUE(file);
    // The first sync is the file's.
    const FailingCalls failing(SystemCall::sync, error_number, directory.path(), 1);
    EXPECT_EQ(file->commit().has_value(), error_number == EINVAL);
  }
}

TEST(Files, that_cannot_be_looked_at_are_told) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a.csv", "text");
  const FailingCalls failing(SystemCall::look, EIO, path);
  EXPECT_THAT(open_regular_file(path).error().message, HasSubstr("cannot look at"));
}

TEST(Files, descriptors_are_closed_with_their_owner) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("a.csv", "text");
  int number = -1;
  {
    FileDescriptor first = std::move(*open_regular_file(path));
    number = first.number();
    first = FileDescriptor();
    EXPECT_FALSE(first.is_open());
  }
  struct stat status{};
  EXPECT_NE(::fstat(number, &status), 0);
}

TEST(Files, that_changed_are_other_ones) {
  const TemporaryDirectory directory;
  const FileStamp one = *stamp_of(directory.write("a.csv", "text"));
  const FileStamp other = *stamp_of(directory.write("b.csv", "text"));
  EXPECT_FALSE(one.is_same_file(other));
  EXPECT_TRUE(one.is_same_file(*stamp_of(directory.write("a.csv", "longer text"))));
  EXPECT_EQ(stamp_of(directory.path_of("none")), std::nullopt);
  FileStamp elsewhere = one;
  ++elsewhere.device;
  EXPECT_FALSE(one.is_same_file(elsewhere));
  EXPECT_EQ(stamp_of(FileDescriptor()), FileStamp());
}

TEST(Files, paths_are_shown_on_one_line) { EXPECT_EQ(shown_path("a\nb\tc"), "a b c"); }

// ---- reading
// ------------------------------------------------------------------------------------------------------

std::string long_table() {
  std::string text = "Status,Comment\n";
  for (int i = 0; i < 20'000; ++i) text += fmt::format("Green,\"Done: step {}. Plan: none.\"\n", i);
  return text;
}

TEST(SourceFaults, a_table_that_cannot_be_read_to_its_end_is_told_and_never_short) {
  for (const SystemCall call : {SystemCall::read, SystemCall::seek, SystemCall::look, SystemCall::open}) {
    bool is_over = false;
    for (long number = 0; !is_over && !HasFailure(); ++number) {
      const TemporaryDirectory directory;
      const std::string path = directory.write("s.csv", long_table());
      const FailingCalls failing(call, EIO, path, number, 1);
      CsvSourceOptions options;
      options.path = path;
      options.guess_columns = true;
      const auto source = open_csv_source(options);
      std::size_t rows = 0;
      bool has_failed = !source.has_value();
      for (int reading = 0; reading < 2 && !has_failed; ++reading) {
        rows = 0;
        for (;;) {
          const auto some = read_rows(**source);
          has_failed = !some.has_value();
          if (has_failed || some->empty()) break;
          rows += some->size();
        }
        if (!has_failed && reading == 0) has_failed = !rewind(**source).has_value();
      }
      is_over = failing.failures() == 0;
      if (!has_failed) EXPECT_EQ(rows, 20'000U) << number;
      if (is_over) EXPECT_FALSE(has_failed);
    }
  }
}

TEST(SpoolFaults, rows_that_cannot_be_kept_or_read_are_told) {
  for (const SystemCall call : {SystemCall::write, SystemCall::read, SystemCall::open}) {
    bool is_over = false;
    for (long number = 0; !is_over && !HasFailure(); ++number) {
      const TemporaryDirectory directory;
      const FailingCalls failing(call, EIO, directory.path(), number, 1);
      auto spool = RowSpool::open(directory.path());
      bool has_failed = !spool.has_value();
      const std::string row(60'000, 'r');
      for (std::uint64_t place = 0; place < 9'000 && !has_failed; ++place)
        has_failed = !spool->put(place, place % 100 == 0 ? row : "short").has_value();
      for (std::uint64_t place = 0; place < 9'000 && !has_failed; place += 50) {
        const auto found = spool->read(place);
        has_failed = !found.has_value();
        if (!has_failed) EXPECT_EQ(**found, place % 100 == 0 ? row : "short");
      }
      is_over = failing.failures() == 0;
      EXPECT_EQ(has_failed, !is_over) << number;
      if (spool && has_failed) {
        // What failed once may pass the next time; what is given then is right.
        const auto found = spool->read(0);
        if (found && *found) EXPECT_EQ(**found, row);
      }
    }
  }
}

// ---- printing
// -----------------------------------------------------------------------------------------------------

// A stream that takes so many bytes and then fails without saying why.
struct Sip {
  std::size_t left;
};
ssize_t sip(void* cookie, const char* /*bytes*/, std::size_t size) {
  auto& left = static_cast<Sip*>(cookie)->left;
  if (size > left) return 0;
  left -= size;
  return static_cast<ssize_t>(size);
}

TEST(JsonRowsFaults, an_output_that_takes_no_more_is_told_wherever_that_is) {
  const TemporaryDirectory directory;
  for (std::size_t room = 0;; room += 40) {
    ASSERT_LT(room, 100'000U);
    Sip cookie{room};
    std::FILE* const output =
        ::fopencookie(&cookie, "w", {.read = nullptr, .write = sip, .seek = nullptr, .close = nullptr});
    ASSERT_NE(output, nullptr);
    std::setvbuf(output, nullptr, _IONBF, 0);
    const auto sink = open_json_rows_sink(
        {.output = output, .columns = {}, .source_name = "s.csv", .scratch_directory = directory.path()});
    ASSERT_TRUE(sink);
    EXPECT_TRUE(begin(**sink, 3, true));
    EXPECT_TRUE(put(**sink, {make_outcome(0, "", "a"), make_outcome(2, "", "b")}));
    const auto finished = finish(**sink);
    std::fclose(output);
    if (finished) {
      EXPECT_GT(room, 500U);
      break;
    }
    EXPECT_THAT(finished.error().message, HasSubstr("cannot write the rows to the output"));
  }
}

TEST(JsonRowsFaults, scratch_files_that_fail_are_told) {
  for (const SystemCall call : {SystemCall::open, SystemCall::write, SystemCall::read}) {
    bool is_over = false;
    for (long number = 0; !is_over && !HasFailure(); ++number) {
      const TemporaryDirectory directory;
      const FailingCalls failing(call, EIO, directory.path(), number, 1);
      std::FILE* const output = std::fopen("/dev/null", "wb");
      const auto sink = open_json_rows_sink(
          {.output = output, .columns = {}, .source_name = "s.csv", .scratch_directory = directory.path()});
      const bool is_done = sink && begin(**sink, 6, true) && put(**sink, outcomes()) && finish(**sink);
      std::fclose(output);
      is_over = failing.failures() == 0;
      EXPECT_EQ(is_done, is_over) << number;
    }
  }
}

TEST(JsonRowsFaults, skipped_rows_are_not_printed_and_no_target_has_no_rows) {
  const TemporaryDirectory directory;
  const std::string path = directory.path_of("out.json");
  std::FILE* const output = std::fopen(path.c_str(), "wb");
  const auto sink = open_json_rows_sink({.output = output, .columns = {}, .source_name = "s.csv"});
  ASSERT_TRUE(sink);
  EXPECT_TRUE(read_existing(**sink)->empty());
  ASSERT_TRUE(begin(**sink, 1, true));
  domain::Outcome skipped = make_unjudged(0, "", "");
  skipped.kind = domain::OutcomeKind::skipped;
  ASSERT_TRUE(put(**sink, {skipped}));
  ASSERT_TRUE(finish(**sink));
  std::fclose(output);
  EXPECT_EQ(content_of(path).find("s.csv#row"), std::string::npos);
}

TEST(JsonRowsFaults, a_temporary_directory_that_is_none_is_not_used) {
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  EXPECT_TRUE(open_json_rows_sink({.output = stdout, .columns = {}, .source_name = "s.csv"}));
  if (before == nullptr) {
    ::unsetenv("TMPDIR");
  } else {
    ::setenv("TMPDIR", kept.c_str(), 1);
  }
}

TEST(JsonRowsFaults, a_target_that_is_no_review_is_told) {
  const TemporaryDirectory directory;
  const auto sink = open_json_rows_sink({.output = stdout,
                                         .columns = {},
                                         .source_name = "s.csv",
                                         .target_path = directory.write("other.csv", "a,b\n1,2\n")});
  ASSERT_FALSE(sink);
  EXPECT_THAT(sink.error().message, HasSubstr("output: "));
}

}  // namespace
}  // namespace sv::tables
