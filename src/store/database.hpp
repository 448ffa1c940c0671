// SQLite in C++ clothes: a connection and its prepared statements, nothing of our own schema.
//
// Functions give SQLite's result codes (SQLITE_OK, SQLITE_ROW, SQLITE_DONE, or what went wrong); to_error()
// turns them into an Error where they leave the room. Used by one thread at a time: connections are opened
// without a mutex.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sv::store {

// The content is not what SQLite or we wrote: a new file is needed. Not for what only this process suffers
// from (permissions, a full disk, locks).
bool is_damage(int code);

class Statement {
 public:
  Statement() = default;

  // Texts and blobs are not copied: they outlive the next step() or reset().
  void bind(int parameter, std::int64_t value);
  void bind_text(int parameter, std::string_view value);
  void bind_blob(int parameter, std::string_view value);

  int step();
  void reset();
  // Resets and steps once: for statements without rows. SQLITE_DONE is given as SQLITE_OK.
  int run();

  // Columns count from 0. Views live until the next step() or reset().
  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

class Database {
 public:
  // The file must exist. Statements wait up to `busy_timeout` for locks of other processes.
  int open(const std::string& path, Duration busy_timeout);
  // Read-only, and without refusing a file that is shorter than it should be.
  int open_damaged(const std::string& path);
  int prepare(std::string_view sql, Statement& statement);
  int execute(const char* sql);
  // As execute(), but tries again while SQLite says "busy" without waiting by itself (as it does when
  // switching to WAL), until the busy timeout has passed.
  int execute_patiently(const char* sql);
  // The first column of the first row; `value` stays as it is when there is none.
  int query(std::string_view sql, std::int64_t& value);
  int query(std::string_view sql, std::string& value);
  // Statements must be gone before.
  void close() { handle_.reset(); }

  // In words: what was wanted, where, why not, what to do.
  Error to_error(int code, std::string_view what, const std::string& path) const;

 private:
  int open_with(const std::string& path, int flags, Duration busy_timeout);
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
  Duration busy_timeout_{};
};

}  // namespace sv::store
