#include "store/run_journal_file.hpp"

#include "base/fault_point.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/system_files.hpp"
#include "base/text.hpp"
#include "store/row_states_file.hpp"
#include "store/store_file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <unordered_map>

namespace sv::store {

namespace {

constexpr mode_t kPrivateFile = 0600;
constexpr std::size_t kRunIdRandomBytes = 3;
constexpr std::size_t kRunIdRandomDigits = 5;
constexpr std::uint64_t kMostRows = std::uint64_t{1} << 40U;  // no sum overflows
// Lines about ends that wait for company; more are written at once.
constexpr std::size_t kKeysPerLine = 2'000;  // 17 bytes each: well below kLongestJournalLine
constexpr std::size_t kMostPendingBytes = std::size_t{32} << 10U;

std::unexpected<Error> fail_with_errno(std::string_view what, const std::string& path, int code) {
  return fail(kind_of_system_error(code),
              fmt::format("cannot {} {}: {}; make the place writable or use another --cache", what, path,
                          std::generic_category().message(code)));
}

std::string host_name() {
  std::array<char, 256> name{};
  static_cast<void>(::gethostname(name.data(), name.size() - 1));  // too long: its beginning will do
  return name.data();
}

std::tm utc(WallTime when) {
  return fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(when)));
}

// Sorts by time to the millisecond (the first three digits of the last part), as the names of the journals
// do.
std::string new_run_id(WallTime now) {
  const auto milliseconds = (now - std::chrono::floor<std::chrono::seconds>(now)).count();
  return fmt::format("{:%Y%m%d-%H%M%S}-{:03x}{}", utc(now), milliseconds,
                     unguessable_hex(kRunIdRandomBytes).substr(0, kRunIdRandomDigits));
}

Result<FileDescriptor> take_lock(const std::string& path, const std::string& target, WallTime now) {
  FileDescriptor lock(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kPrivateFile));
  if (lock.number() < 0) return fail_with_errno("open the lock", path, errno);
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail_with_errno("lock", path, errno);
    const std::string holder = holder_of(path);
    return fail(ErrorKind::already_locked,
                fmt::format("another run works on {}: {}; wait for its end, or stop it and run again",
                            sanitize_for_terminal(target), holder.empty() ? "it ends just now" : holder));
  }
  const std::string holder =
      fmt::format("process {} on {} since {:%Y-%m-%d %H:%M:%S} UTC\n", ::getpid(), host_name(), utc(now));
  // For people only: a full disk does not make the lock worse.
  if (::ftruncate(lock.number(), 0) == 0) {
    static_cast<void>(::pwrite(lock.number(), holder.data(), holder.size(), 0));
  }
  return lock;
}

void remove_old_journals(const std::string& cache_path, const std::string& target_id) {
  const std::vector<std::string> journals = list_journals(cache_path, target_id);
  for (std::size_t i = RunJournalFile::kKeptRuns; i < journals.size(); ++i) {
    static_cast<void>(::unlink(journals[i].c_str()));
    const std::string rows = row_states_path_of(journals[i]);
    static_cast<void>(::unlink(rows.c_str()));
    static_cast<void>(::unlink((rows + ".tmp").c_str()));  // of a run that died
  }
}

// Whether the file's last line is whole: a crash may have torn it.
bool ends_with_line_break(int file) {
  const off_t size = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  return size <= 0 || ::pread(file, &last, 1, size - 1) != 1 || last == '\n';
}

}  // namespace

Result<std::unique_ptr<RunJournalFile>> RunJournalFile::open(const RunJournalOptions& options,
                                                             const Clock& clock) {
  const std::string directory = journal_directory(options.cache_path);
  if (Result<void> made = make_private_directories(directory); !made) {
    return std::unexpected(std::move(made.error()));
  }
  const std::string target_id = target_id_of(options.target);
  const std::string lock_path = fmt::format("{}/{}.lock", directory, target_id);
  Result<FileDescriptor> lock = take_lock(
      lock_path, options.shown_target.empty() ? options.source : options.shown_target, clock.wall_now());
  if (!lock) return std::unexpected(lock.error());
  std::unique_ptr<RunJournalFile> journal(new RunJournalFile(std::move(*lock), clock));
  if (const Result<void> opened = journal->open_journal(options); !opened)
    return std::unexpected(opened.error());
  remove_old_journals(options.cache_path, target_id);
  return journal;
}

Result<void> RunJournalFile::open_journal(const RunJournalOptions& options) {
  const std::string target_id = target_id_of(options.target);
  const std::vector<std::string> journals = list_journals(options.cache_path, target_id);
  const WallTime now = clock_.wall_now();
  if (journals.empty() || !go_on_with(journals.front(), options.fingerprint)) {
    run_id_ = new_run_id(now);
    path_ = fmt::format("{}/{}-{}.journal", journal_directory(options.cache_path), target_id, run_id_);
  }
  // "09:00" was meant as the first such moment of the run, not as the next one of each of its processes.
  const bool is_earlier_valid =
      deadline_ &&
      now < *deadline_ + std::chrono::duration_cast<std::chrono::milliseconds>(kForgottenDeadline);
  if (!is_earlier_valid || options.is_deadline_dated) deadline_ = options.deadline;
  FileDescriptor file(
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, kPrivateFile));
  if (file.number() < 0) return fail_with_errno("open the journal", path_, errno);
  if (!ends_with_line_break(file.number())) pending_ += '\n';
  file_.emplace(std::move(file));
  append_line(JournalOpened{.run_id = run_id_,
                            .at = now,
                            .pid = ::getpid(),
                            .host = host_name(),
                            .source = options.source,
                            .target = options.shown_target,
                            .fingerprint = options.fingerprint,
                            .directory = options.directory,
                            .arguments = options.arguments,
                            .deadline = deadline_},
              pending_);
  flush();
  if (error_) return std::unexpected(*error_);
  return {};
}

bool RunJournalFile::go_on_with(const std::string& path, const std::string& fingerprint) {
  std::unordered_map<ports::RequestNumber, std::string> keys;  // of the requests that are open
  const Result<ports::RunRecord> run = read_journal(path, [&](const JournalRecord& record) {
    if (const auto* asked = std::get_if<JournalAsked>(&record)) {
      last_number_ = std::max(last_number_, asked->number);
      if (!asked->key.empty()) keys[asked->number] = asked->key;
    } else if (const auto* answered = std::get_if<JournalAnswered>(&record)) {
      const auto found = keys.find(answered->number);
      if (found == keys.end()) return;
      if (answered->error.empty()) asked_before_.insert(std::move(found->second));
      keys.erase(found);
    }
  });
  // A journal that cannot be read is no reason not to work: a new one is begun.
  if (!run || run->processes == 0 || run->is_finished() || run->fingerprint != fingerprint) {
    asked_before_.clear();
    last_number_ = 0;
    return false;
  }
  for (auto& [number, key] : keys) asked_before_.insert(std::move(key));
  open_batches_ = run->open_batches;
  last_part_ = run->last_batch;
  run_id_ = run->run_id;
  deadline_ = run->deadline;
  path_ = path;
  earlier_ = EarlierProcess{.started_at = run->started_at,
                            .rows = run->rows,
                            .progress = run->progress,
                            .open_requests = run->open_requests(),
                            .requests = run->requests + run->batch_rows,
                            .charged = run->charged,
                            .was_killed = !run->end};
  return true;
}

Result<void> RunJournalFile::begin_run(std::uint64_t rows) {
  struct statvfs disk{};
  if (::fstatvfs(file_->number(), &disk) == 0) {
    const std::uint64_t free_bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const std::uint64_t needed = std::min(rows, kMostRows) * kBytesPerRow + kSpareBytes;
    if (free_bytes < needed) {
      return fail(
          ErrorKind::io,
          fmt::format("the disk of {} has {} MB free, and {} rows may need {} MB: make room or use another "
                      "--cache; nothing has been asked or paid yet",
                      path_, free_bytes >> 20U, rows, needed >> 20U));
    }
  }
  append_line(JournalRows{rows}, pending_);
  flush();
  if (error_) return std::unexpected(*error_);
  return {};
}

Result<ports::RequestNumber> RunJournalFile::begin_request(const ports::RequestStart& start) {
  if (fires(FaultPoint::journal_is_full)) return fail_with_errno("write the journal", path_, ENOSPC);
  JournalAsked asked{.number = ++last_number_,
                     .row_number = start.row_number,
                     .key = start.key == nullptr ? std::string() : key_text(*start.key),
                     .provider = std::string(start.provider),
                     .model = std::string(start.model),
                     .at = clock_.wall_now(),
                     .reserved = start.reserved};
  // Counted once for each question; its retries are counted as retries.
  if (!asked_before_.empty() && asked_before_.erase(asked.key) > 0) ++repeated_;
  append_line(std::move(asked), pending_);
  flush();
  if (error_) return std::unexpected(*error_);
  return last_number_;
}

void RunJournalFile::end_request(ports::RequestNumber number, const ports::RequestEnd& end) {
  append_line(JournalAnswered{.number = number,
                              .error = end.error ? std::string(to_string(*end.error)) : std::string(),
                              .http_status = end.http_status,
                              .latency = std::chrono::duration_cast<std::chrono::milliseconds>(end.latency),
                              .usage = end.usage,
                              .cost = end.cost,
                              .charged = end.charged == end.cost ? std::nullopt : end.charged},
              pending_);
  if (pending_.size() >= kMostPendingBytes || fires(FaultPoint::journal_line_goes_at_once)) flush();
}

void RunJournalFile::note_written(const ports::RunProgress& progress) {
  // A fast run writes thousands of groups a second; for people one line now and then is enough, and whatever
  // a target took is written again at the same place without harm.
  const TimePoint now = clock_.now();
  if (progress_noted_at_ && now - *progress_noted_at_ < kProgressEvery) return;
  progress_noted_at_ = now;
  append_line(JournalPut{progress}, pending_);
  flush();
}

void RunJournalFile::end_run(ports::RunEnd end, const ports::RunProgress& progress) {
  append_line(JournalClosed{.end = end, .at = clock_.wall_now(), .progress = progress}, pending_);
  flush();
  sync();
}

void RunJournalFile::sync() {
  if (!error_ && ::fdatasync(file_->number()) != 0) {
    error_ = fail_with_errno("write the journal", path_, errno).error();
  }
}

Result<void> RunJournalFile::note_batch(const ports::BatchNote& note) {
  JournalBatch batch{.note = note, .at = clock_.wall_now()};
  last_part_ = std::max(last_part_, note.part);
  std::size_t at = 0;
  do {
    const std::size_t count = std::min(kKeysPerLine, note.keys.size() - at);
    const auto first = note.keys.begin() + static_cast<std::ptrdiff_t>(at);
    batch.note.keys.assign(first, first + static_cast<std::ptrdiff_t>(count));
    append_line(batch, pending_);
    batch.note.reserved.reset();  // once
    at += count;
  } while (at < note.keys.size());
  flush();
  sync();
  if (error_) return std::unexpected(*error_);
  return {};
}

void RunJournalFile::flush() {
  if (!error_) {
    const int code = write_all(file_->number(), pending_);
    if (code != 0) error_ = fail_with_errno("write the journal", path_, code).error();
  }
  pending_.clear();
}

}  // namespace sv::store
