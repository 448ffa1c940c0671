// The thread that owns the database, and the queue to it.
//
// A private part of SqliteStore: its header comment says what is promised. Public functions are called on the
// event-loop thread, except stats().
#pragma once

#include "store/answer_database.hpp"
#include "store/sqlite_store.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace sv::store {

using FoundAnswers = std::vector<std::shared_ptr<const domain::Answer>>;

class StoreThread {
 public:
  StoreThread(StoreOptions options, std::unique_ptr<AnswerDatabase> database, Facts facts);
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;
  ~StoreThread();

  void find(ports::AnswerLookups lookups,
            boost::asio::any_completion_handler<void(Result<FoundAnswers>)> found);
  void commit(KeyedAnswer answer, boost::asio::any_completion_handler<void(Result<void>)> committed);
  void flush(boost::asio::any_completion_handler<void()> flushed);

  std::optional<std::string> recall(std::string_view name) const;
  void remember(std::string_view name, std::string_view value);

  StoreStats stats() const;
  const std::string& path() const { return path_; }

 private:
  struct Lookup {
    ports::AnswerLookups lookups;
    boost::asio::any_completion_handler<void(Result<FoundAnswers>)> found;
  };
  using Committed = std::vector<boost::asio::any_completion_handler<void(Result<void>)>>;
  // What waits for the thread. Answers and their handlers stand at the same index.
  struct Inbox {
    std::vector<Lookup> lookups;
    std::vector<KeyedAnswer> answers;
    Committed committed;
    Facts facts;
    std::set<domain::AnswerKey> keys;  // of `answers`
    std::vector<boost::asio::any_completion_handler<void()>> flushed;
    // Keeps the event loop running until the results are posted.
    boost::asio::any_io_executor work;
  };

  void run();
  void wait(std::unique_lock<std::mutex>& lock);
  bool is_group_due() const;
  Inbox take();
  void begin_group();
  void hold_event_loop();
  void write_group(Inbox& inbox);
  int write_or_replace(const Inbox& inbox);
  bool replace_database();
  std::expected<std::shared_ptr<const domain::Answer>, int> find_or_replace(const domain::AnswerKey& key,
                                                                            bool this_run_only);
  Result<FoundAnswers> look_up(const ports::AnswerLookups& lookups);
  void answer_lookups(Inbox& inbox);

  const StoreOptions options_;
  const std::string path_;
  Facts facts_;  // event-loop thread only

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Inbox inbox_;             // guarded by mutex_, as are the next three
  TimePoint group_due_at_;  // meaningful while the inbox holds answers or facts
  bool is_group_wanted_ = false;
  bool is_stopping_ = false;

  // Store thread only; absent after damage that could not be mended.
  std::unique_ptr<AnswerDatabase> database_;
  Error database_error_;  // why it is absent
  int replacements_ = 0;

  std::atomic<std::uint64_t> lookups_ = 0;
  std::atomic<std::uint64_t> hits_ = 0;
  std::atomic<std::uint64_t> commits_ = 0;
  std::atomic<std::uint64_t> transactions_ = 0;
  std::atomic<std::uint64_t> failures_ = 0;
  std::atomic<std::uint64_t> damaged_ = 0;

  std::thread thread_;  // last: it starts when all the rest is there
};

}  // namespace sv::store
