#include "store/sqlite_store.hpp"

#include "base/assert.hpp"
#include "store/open_database.hpp"
#include "store/store_thread.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <sqlite3.h>

#include <utility>

namespace sv::store {

namespace asio = boost::asio;

SqliteStore::SqliteStore(std::unique_ptr<StoreThread> thread) : thread_(std::move(thread)) {}

SqliteStore::~SqliteStore() = default;

asio::awaitable<Result<FoundAnswers>> SqliteStore::find(ports::AnswerLookups lookups) {
  SV_ASSERT(lookups.keys_per_row > 0, "a row has a key");
  SV_ASSERT(lookups.keys.size() == lookups.keys_per_row * lookups.this_run_only.size(),
            "every row has all its keys");
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Result<FoundAnswers>)>(
      [this, lookups = std::move(lookups)](auto handler) mutable {
        thread_->find(std::move(lookups), std::move(handler));
      },
      asio::use_awaitable);
}

void SqliteStore::commit(const domain::AnswerKey& key, std::shared_ptr<const domain::Answer> answer,
                         asio::any_completion_handler<void(Result<void>)> committed) {
  SV_ASSERT(answer != nullptr, "there is an answer to keep");
  thread_->commit(KeyedAnswer{key, std::move(answer)}, std::move(committed));
}

std::optional<std::string> SqliteStore::recall(std::string_view name) const { return thread_->recall(name); }

void SqliteStore::remember(std::string_view name, std::string_view value) { thread_->remember(name, value); }

asio::awaitable<void> SqliteStore::flush() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) { thread_->flush(std::move(handler)); }, asio::use_awaitable);
}

StoreStats SqliteStore::stats() const { return thread_->stats(); }

const std::string& SqliteStore::path() const { return thread_->path(); }

Result<OpenedStore> open_sqlite_store(StoreOptions options) {
  OpenedStore opened;
  Result<std::unique_ptr<AnswerDatabase>> database =
      open_answer_database(options.path, options.run_id, kBusyTimeout, opened.warnings);
  if (!database) return std::unexpected(std::move(database).error());
  Facts facts;
  // Facts are a convenience: a table of them that cannot be read is no reason not to start.
  if (const int code = (*database)->load_facts(facts); code != SQLITE_OK) {
    opened.warnings.push_back((*database)->to_error(code, "cannot read what was learnt before from").message);
  }
  opened.store = std::make_unique<SqliteStore>(
      std::make_unique<StoreThread>(std::move(options), *std::move(database), std::move(facts)));
  return opened;
}

}  // namespace sv::store
