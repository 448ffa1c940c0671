// Answers and learnt facts in one SQLite file, behind one thread.
//
//   event loop                         store thread (owns the database)
//   find()   ──┐                  ┌──▶ look-ups at once ─────────────────┐
//   commit() ──┼─ queue, mutex ───┼──▶ a group: one transaction, fsync ──┼─▶ posted to the executor
//   flush()  ──┘                  └──▶ the group now ────────────────────┘
//
// A group is written when it is full, when its first answer has waited for the window, on flush(), when a
// look-up asks for one of its keys, and at the end. So an answer is never seen before it is durable, and
// `committed` means: it survives a killed process and a power cut (WAL, synchronous=FULL).
//
// Threads: all calls come from the event-loop thread and handlers run on it, through the executor. Memory:
// what the callers have in flight. Several processes may use one file; each waits up to kBusyTimeout for
// another's transaction.
//
// When the database proves damaged in the middle of a run (a checksum, a broken page), it is moved aside as
// at opening and all intact answers are carried over to a new file: 30 microseconds each, once. A process
// that had the old file open goes on with it under its new name; what it commits there is not carried over.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "ports/answer_cache.hpp"
#include "ports/learnt_facts.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::store {

// Another process writes a group in milliseconds; who holds the lock longer is stuck.
inline constexpr Duration kBusyTimeout = std::chrono::seconds(10);
// All texts of one answer together; more is refused with ErrorKind::invalid_input.
inline constexpr std::size_t kLongestAnswerBytes = std::size_t{4} << 20U;
inline constexpr std::size_t kLongestFactBytes = std::size_t{64}
                                                 << 10U;  // name and value; longer ones are not kept
inline constexpr std::size_t kMostFacts = 10'000;

struct StoreOptions {
  std::string path;
  boost::asio::any_io_executor executor;  // of the event loop, which outlives the store
  std::string run_id;                     // the same when a run is resumed
  Duration group_window = std::chrono::milliseconds(20);
  std::size_t group_size = 1024;
};

struct StoreStats {
  std::uint64_t lookups = 0;  // keys looked up
  std::uint64_t hits = 0;
  std::uint64_t commits = 0;       // answers made durable
  std::uint64_t transactions = 0;  // groups that were written
  std::uint64_t failures = 0;      // answers that could not be made durable
  std::uint64_t damaged = 0;       // look-ups that met damage
};

class StoreThread;

class SqliteStore final : public ports::AnswerCache, public ports::LearntFacts {
 public:
  explicit SqliteStore(std::unique_ptr<StoreThread> thread);  // use open_sqlite_store()
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  // Writes what is pending, posts the results and joins the thread.
  ~SqliteStore() override;

  boost::asio::awaitable<Result<std::vector<std::shared_ptr<const domain::Answer>>>> find(
      ports::AnswerLookups lookups) override;
  void commit(const domain::AnswerKey& key, std::shared_ptr<const domain::Answer> answer,
              boost::asio::any_completion_handler<void(Result<void>)> committed) override;

  std::optional<std::string> recall(std::string_view name) const override;
  void remember(std::string_view name, std::string_view value) override;

  // Ends when everything that was committed or remembered before is durable or has failed.
  boost::asio::awaitable<void> flush() override;

  // Any thread.
  StoreStats stats() const;
  // The file that is really used; not always the one that was asked for.
  const std::string& path() const;

 private:
  std::unique_ptr<StoreThread> thread_;
};

struct OpenedStore {
  std::unique_ptr<SqliteStore> store;
  std::vector<std::string> warnings;  // for people: a file moved aside, another name used
};

// Creates the file (mode 0600) and its directories when they are missing. A damaged file is renamed to
// `NAME.corrupt-YYYYMMDD-HHMMSS`, with a warning, and never deleted. A database of another program is left
// untouched:
// `<stem>-answers.sqlite` beside it is used, with a warning. Errors: io and permission_denied (the place),
// invalid_input (a newer format), already_locked (another process holds it for longer than kBusyTimeout).
Result<OpenedStore> open_sqlite_store(StoreOptions options);

}  // namespace sv::store
