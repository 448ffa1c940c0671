#include "store/run_history.hpp"

#include "base/file_descriptor.hpp"
#include "base/hash.hpp"
#include "base/system_files.hpp"
#include "base/text.hpp"
#include "store/row_states_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <sys/file.h>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace sv::store {

namespace {

constexpr std::string_view kJournalEnding = ".journal";
constexpr std::string_view kLockEnding = ".lock";
constexpr std::size_t kTargetIdBytes = 8;
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

// Puts a journal's records together.
class Replay {
 public:
  explicit Replay(ports::RunRecord& run) : run_(run) {}

  void operator()(const JournalOpened& opened) {
    if (run_.processes == 0) run_.started_at = opened.at;
    run_.last_started_at = opened.at;
    ++run_.processes;
    run_.run_id = opened.run_id;
    run_.source = opened.source;
    run_.target = opened.target;
    run_.fingerprint = opened.fingerprint;
    run_.directory = opened.directory;
    run_.arguments = opened.arguments;
    run_.deadline = opened.deadline;
    run_.end.reset();
    run_.ended_at.reset();
    run_.progress = {};
  }
  void operator()(const JournalRows& rows) { run_.rows = rows.rows; }
  void operator()(const JournalAsked& asked) {
    ++run_.requests;
    if (asked.reserved) reserved_[asked.number] = *asked.reserved;
  }
  void operator()(const JournalAnswered& answered) {
    ++(answered.error.empty() ? run_.answers : run_.failures);
    if (answered.cost) run_.cost.add(*answered.cost);
    reserved_.erase(answered.number);
    if (const std::optional<domain::Money>& amount = answered.charged ? answered.charged : answered.cost) {
      run_.charged.add(*amount);
    }
  }
  void operator()(const JournalPut& put) { run_.progress = put.progress; }
  void operator()(const JournalClosed& closed) {
    run_.progress = closed.progress;
    run_.end = closed.end;
    run_.ended_at = closed.at;
  }

  void operator()(const JournalBatch& batch) {
    const ports::BatchNote& note = batch.note;
    run_.last_batch = std::max(run_.last_batch, note.part);
    if (note.stage == ports::BatchStage::ended) {
      const auto found = batches_.find(note.part);
      if (found == batches_.end()) return;
      if (note.outcome != ports::kVoidBatch && note.outcome != "failed")
        run_.batch_rows += found->second.keys.size();
      batches_.erase(found);
      run_.batch_usage += note.usage;
      if (note.cost) {
        run_.cost.add(*note.cost);
        run_.charged.add(*note.cost);
      }
      return;
    }
    ports::OpenBatch& open = batches_[note.part];
    open.part = note.part;
    open.stage = note.stage;
    open.provider = note.provider;
    if (note.stage == ports::BatchStage::planned) {
      open.planned_at = batch.at;
      open.keys.insert(open.keys.end(), note.keys.begin(), note.keys.end());
      if (note.reserved) open.reserved = note.reserved;
    }
    if (note.stage == ports::BatchStage::uploaded) open.file_id = note.id;
    if (note.stage == ports::BatchStage::created) open.batch_id = note.id;
  }

  // No further record comes.
  void finish() {
    for (auto& [part, open] : batches_) run_.open_batches.push_back(std::move(open));
    for (const auto& [number, amount] : reserved_) run_.charged.add(amount);
  }

 private:
  ports::RunRecord& run_;
  std::unordered_map<ports::RequestNumber, domain::Money> reserved_;  // of requests that are open
  std::map<std::uint64_t, ports::OpenBatch> batches_;                 // likewise
};

void take_line(std::string_view line, ports::RunRecord& run, Replay& replay,
               const std::function<void(const JournalRecord&)>& each) {
  if (line.empty()) return;  // put there after a torn line
  const ReadLine read = read_line(line);
  if (read.state == LineState::damaged) ++run.damaged_lines;
  if (read.state != LineState::record) return;
  std::visit(replay, read.record);
  if (each) each(read.record);
}

ports::RequestRecord begun(const JournalAsked& asked) {
  ports::RequestRecord request;
  request.number = asked.number;
  request.row_number = asked.row_number;
  request.key = asked.key;
  request.provider = asked.provider;
  request.model = asked.model;
  request.sent_at = asked.at;
  return request;
}

void end(ports::RequestRecord& request, const JournalAnswered& answered) {
  request.has_ended = true;
  request.error = answered.error;
  request.http_status = answered.http_status;
  request.latency = answered.latency;
  request.usage = answered.usage;
  request.cost = answered.cost;
}

// A run in which nobody could judge anything (a wrong key) is nothing to compare with.
bool has_verdict(const ports::RunStates& states) {
  return std::ranges::any_of(
      states.rows, [](const ports::RowState& row) { return row.verdict != ports::RowVerdict::none; });
}

}  // namespace

std::string journal_directory(const std::string& cache_path) { return cache_path + "-runs"; }

std::string target_id_of(const std::string& target) {
  const Sha256Digest digest = sha256(target);
  return to_hex(std::span(digest).first<kTargetIdBytes>());
}

std::string lock_path_of(const std::string& journal_path) {
  const std::filesystem::path path(journal_path);
  const std::string id = path.filename().string().substr(0, 2 * kTargetIdBytes);
  return (path.parent_path() / (id + std::string(kLockEnding))).string();
}

std::string holder_of(const std::string& lock_path) {
  const FileDescriptor file(::open(lock_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return {};
  if (::flock(file.number(), LOCK_SH | LOCK_NB) == 0) return {};  // let go with the descriptor
  std::array<char, 256> text{};
  const ssize_t got = ::pread(file.number(), text.data(), text.size(), 0);
  const std::string_view holder = trim({text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
  return holder.empty() ? "another process" : sanitize_for_terminal(holder);
}

Result<ports::RunRecord> read_journal(const std::string& path,
                                      const std::function<void(const JournalRecord&)>& each) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const auto failed = [&path](int code) {
    return fail(kind_of_system_error(code),
                fmt::format("cannot read the journal {}: {}", path, std::generic_category().message(code)));
  };
  if (file.number() < 0) return failed(errno);
  ports::RunRecord run;
  run.path = path;
  Replay replay(run);
  std::string pending;
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const ssize_t got = read_up_to(file.number(), buffer.data(), buffer.size());
    if (got < 0) return failed(static_cast<int>(-got));
    if (got == 0) break;
    pending.append(buffer, 0, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', begin)) {
      take_line(std::string_view(pending).substr(begin, end - begin), run, replay, each);
      begin = end + 1;
    }
    pending.erase(0, begin);
    // No line of ours is so long; what is left of this one is damaged like its beginning.
    if (pending.size() > kLongestJournalLine) pending.assign(1, '?');
  }
  if (!pending.empty()) ++run.damaged_lines;
  replay.finish();
  return run;
}

std::vector<std::string> list_journals(const std::string& cache_path, const std::string& target_id) {
  std::vector<std::string> names;
  std::error_code error;
  const std::filesystem::path directory(journal_directory(cache_path));
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(kJournalEnding) && name.starts_with(target_id)) names.push_back(std::move(name));
  }
  // TARGET-YYYYMMDD-HHMMSS-…: the time is what counts, whatever the target.
  const auto started = [](const std::string& name) {
    return std::string_view(name).substr(std::min(name.size(), 2 * kTargetIdBytes));
  };
  std::ranges::sort(names, std::ranges::greater(), started);
  for (std::string& name : names) name = (directory / name).string();
  return names;
}

std::vector<ports::RunRecord> JournalHistory::runs(std::size_t max) const {
  std::vector<ports::RunRecord> runs;
  std::set<std::string> held;  // a target's lock is about its latest run only
  for (const std::string& path : list_journals(cache_path_)) {
    if (runs.size() == max) break;
    Result<ports::RunRecord> run = read_journal(path);
    if (!run || run->processes == 0) continue;
    const std::string lock = lock_path_of(path);
    if (held.insert(lock).second) run->holder = holder_of(lock);
    runs.push_back(*std::move(run));
  }
  return runs;
}

Result<std::vector<ports::RequestRecord>> JournalHistory::requests_of(const ports::RunRecord& run,
                                                                      std::uint64_t row_number,
                                                                      std::string_view key) const {
  std::vector<ports::RequestRecord> requests;
  std::unordered_map<ports::RequestNumber, std::size_t> open;
  const Result<ports::RunRecord> read = read_journal(run.path, [&](const JournalRecord& record) {
    if (const auto* asked = std::get_if<JournalAsked>(&record)) {
      const bool is_same_question = !asked->key.empty() && key.starts_with(asked->key);
      if (asked->row_number != row_number && !is_same_question) return;
      if (requests.size() == kMostRequests) return;
      open[asked->number] = requests.size();
      requests.push_back(begun(*asked));
    } else if (const auto* answered = std::get_if<JournalAnswered>(&record)) {
      const auto found = open.find(answered->number);
      if (found == open.end()) return;
      end(requests[found->second], *answered);
    }
  });
  if (!read) return std::unexpected(read.error());
  return requests;
}

Result<ports::RunRecord> JournalHistory::run_at(const std::string& path) const { return read_journal(path); }

Result<void> JournalHistory::each_request(
    const ports::RunRecord& run, const std::function<void(const ports::RequestRecord&)>& take) const {
  std::map<ports::RequestNumber, ports::RequestRecord> open;  // by number: the rest in the order of sending
  const Result<ports::RunRecord> read = read_journal(run.path, [&](const JournalRecord& record) {
    if (const auto* asked = std::get_if<JournalAsked>(&record)) {
      open.insert_or_assign(asked->number, begun(*asked));
    } else if (const auto* answered = std::get_if<JournalAnswered>(&record)) {
      const auto found = open.find(answered->number);
      if (found == open.end()) return;
      end(found->second, *answered);
      take(found->second);
      open.erase(found);
    }
  });
  if (!read) return std::unexpected(read.error());
  for (const auto& [number, request] : open) take(request);
  return {};
}

std::optional<ports::RunStates> JournalHistory::states_of(const ports::RunRecord& run) const {
  return read_row_states(run.path);
}

std::optional<ports::RunStates> JournalHistory::states_before(const ports::RunRecord& run,
                                                              std::uint64_t limit) const {
  // TARGET-YYYYMMDD-HHMMSS-…: names tell the order but for runs that began in the same second.
  constexpr std::size_t kToTheSecond = 2 * kTargetIdBytes + 16;
  const auto name_of = [](const std::string& path) {
    return std::filesystem::path(path).filename().string();
  };
  const std::string own = name_of(run.path);
  const std::string latest = own.substr(0, kToTheSecond);
  std::optional<ports::RunStates> best;
  std::string best_second;
  for (const std::string& path : list_journals(cache_path_, latest.substr(0, 2 * kTargetIdBytes))) {
    const std::string second = name_of(path).substr(0, kToTheSecond);
    if (second > latest || name_of(path) == own) continue;
    if (best && second != best_second) break;
    std::optional<ports::RunStates> states = read_row_states(path);
    if (!states || !states->is_complete || states->limit != limit || !has_verdict(*states)) continue;
    if (states->started_at >= run.started_at || (best && states->started_at < best->started_at)) continue;
    best = std::move(states);
    best_second = second;
  }
  return best;
}

}  // namespace sv::store
