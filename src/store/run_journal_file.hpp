// A run's journal as a file beside the answer cache, and the lock that lets only one run at a time work on a
// target.
//
//   CACHE-runs/                             mode 0700
//     6f1d03aa51c7e290.lock                 held (flock) while a run works on that target; says who holds it
//     6f1d03aa51c7e290-20261125-093000-1f0c9a2b.journal      one for each run (journal_record.hpp)
//     6f1d03aa51c7e290-20261125-093000-1f0c9a2b.rows         its rows (row_states_file.hpp)
//
// A lock dies with its process, so there is nothing stale to remove. A run whose journal has no end, or was
// interrupted or failed, is gone on with when the same is asked for again (same source, target, rulebook and
// flags): it keeps its run id, so that also `--force` does not pay twice, and the requests that were under
// way are known.
//
// What a crash can take: a request's line is in the page cache before it is sent, so nothing but the
// machine's own death can lose it. Lines about ends wait in memory until the next line or sync(), a killed
// process may lose them; an answer that is in the answer cache is found there all the same.
//
// Rejected: rows in the database (14 µs each and a hop to its thread against 2 µs; and a request would have
// to wait for its commit); one journal for all runs (the start would have to read all of it).
#pragma once

#include "base/clock.hpp"
#include "base/file_descriptor.hpp"
#include "ports/batch_journal.hpp"
#include "ports/run_journal.hpp"
#include "store/run_history.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace sv::store {

struct RunJournalOptions {
  std::string cache_path;
  std::string source;        // for people
  std::string target;        // its identity: an absolute path, a tab's address; with --dry-run the source's
  std::string shown_target;  // for people; empty: nothing is written
  std::string fingerprint;   // runs with the same one are the same job
  std::vector<std::string> arguments;  // the command line, without the program's name
  std::string directory;               // the working directory
  // By when the run must be over. That of an earlier process of the run stands, unless this one has a date.
  std::optional<WallTime> deadline = std::nullopt;
  bool is_deadline_dated = false;
};

// What an earlier process left of the same run.
struct EarlierProcess {
  WallTime started_at{};
  std::uint64_t rows = 0;
  ports::RunProgress progress;
  std::uint64_t open_requests = 0;  // were under way
  std::uint64_t requests = 0;       // and rows in batches that have ended
  domain::Costs charged = {};       // see ports::RunRecord
  bool was_killed = false;          // it has no end in the journal
};

class RunJournalFile final : public ports::RunJournal, public ports::BatchJournal {
 public:
  // What must be free on the disk before a run begins (reliability.md R-17): a row's answer and journal lines
  // take well under 2 KiB on average.
  static constexpr std::uint64_t kBytesPerRow = 2048;
  static constexpr std::uint64_t kSpareBytes = std::uint64_t{64} << 20U;
  // Lines about what was written are at least so far apart; the last one of a run is always there.
  static constexpr Duration kProgressEvery = std::chrono::milliseconds(250);
  // Journals of older runs of the same target that are kept.
  static constexpr std::size_t kKeptRuns = 50;
  // A deadline that is over for so long is not that of today's run.
  static constexpr Duration kForgottenDeadline = std::chrono::hours(12);

  // Errors: already_locked (another run works on the target; the message says who), permission_denied, io.
  static Result<std::unique_ptr<RunJournalFile>> open(const RunJournalOptions& options, const Clock& clock);

  Result<void> begin_run(std::uint64_t rows) override;
  Result<ports::RequestNumber> begin_request(const ports::RequestStart& start) override;
  void end_request(ports::RequestNumber number, const ports::RequestEnd& end) override;
  void note_written(const ports::RunProgress& progress) override;
  void end_run(ports::RunEnd end, const ports::RunProgress& progress) override;

  Result<void> note_batch(const ports::BatchNote& note) override;
  const std::vector<ports::OpenBatch>& open_batches() const override { return open_batches_; }
  std::uint64_t last_part() const override { return last_part_; }

  const std::string& run_id() const { return run_id_; }
  const std::string& path() const { return path_; }
  // Empty when this run is a new one.
  const std::optional<EarlierProcess>& earlier() const { return earlier_; }
  const std::optional<WallTime>& deadline() const { return deadline_; }
  // Questions that an earlier process of this run had asked and that had to be asked again, since their
  // answers were lost with it.
  std::uint64_t repeated_questions() const { return repeated_; }
  // Why lines cannot be written any more; nothing: they can.
  const std::optional<Error>& error() const { return error_; }

 private:
  RunJournalFile(FileDescriptor lock, const Clock& clock) : lock_(std::move(lock)), clock_(clock) {}

  Result<void> open_journal(const RunJournalOptions& options);
  bool go_on_with(const std::string& path, const std::string& fingerprint);
  void flush();
  void sync();

  FileDescriptor lock_;
  std::optional<FileDescriptor> file_;
  const Clock& clock_;
  std::string run_id_;
  std::string path_;
  std::optional<EarlierProcess> earlier_;
  std::optional<WallTime> deadline_;
  // Answer keys that an earlier process of this run asked about, less those whose request failed.
  std::unordered_set<std::string> asked_before_;
  std::uint64_t repeated_ = 0;
  std::vector<ports::OpenBatch> open_batches_;
  std::uint64_t last_part_ = 0;
  std::optional<TimePoint> progress_noted_at_;
  ports::RequestNumber last_number_ = 0;
  std::string pending_;
  std::optional<Error> error_;
};

}  // namespace sv::store
