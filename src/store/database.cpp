#include "store/database.hpp"

#include "base/assert.hpp"
#include "base/clock.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

namespace sv::store {

namespace {

constexpr int kBusyPauseMs = 5;
// Longest value that SQLite accepts from us or from a file (its own default is 1 GB).
constexpr int kLongestValueBytes = 16 << 20;

int primary(int code) { return code & 0xFF; }

int to_milliseconds(Duration duration) {
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

ErrorKind kind_of(int code) {
  switch (primary(code)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::already_locked;
    case SQLITE_TOOBIG:
      return ErrorKind::invalid_input;
    default:
      return ErrorKind::io;
  }
}

std::string_view advice_for(int code) {
  switch (primary(code)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another program holds it; wait for it or use another --cache";
    case SQLITE_FULL:
      return "the disk is full; free some space and run again, what was answered before is kept";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "make the file and its directory writable or use another --cache";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged";
    default:
      return "check the disk or use another --cache";
  }
}

std::string escape_for_uri(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      escaped += fmt::format("%{:02X}", static_cast<unsigned>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

bool is_damage(int code) {
  switch (primary(code)) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return true;
    default:
      return code == SQLITE_IOERR_SHORT_READ;
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int parameter, std::int64_t value) {
  const int code = sqlite3_bind_int64(handle_.get(), parameter, value);
  SV_ASSERT(code == SQLITE_OK, "parameters exist and are bound between runs");
}

void Statement::bind_text(int parameter, std::string_view value) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* data = value.empty() ? "" : value.data();
  const int code =
      sqlite3_bind_text64(handle_.get(), parameter, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  SV_ASSERT(code == SQLITE_OK, "parameters exist and values are shorter than SQLite's limit");
}

void Statement::bind_blob(int parameter, std::string_view value) {
  const char* data = value.empty() ? "" : value.data();
  const int code = sqlite3_bind_blob64(handle_.get(), parameter, data, value.size(), SQLITE_STATIC);
  SV_ASSERT(code == SQLITE_OK, "parameters exist and values are shorter than SQLite's limit");
}

int Statement::step() { return sqlite3_step(handle_.get()); }

// The code of the failed step comes back once more here; it has been seen.
void Statement::reset() { static_cast<void>(sqlite3_reset(handle_.get())); }

int Statement::run() {
  const int code = step();
  reset();
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

int Database::open_with(const std::string& path, int flags, Duration busy_timeout) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  busy_timeout_ = busy_timeout;
  if (code != SQLITE_OK) return code;
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, to_milliseconds(busy_timeout));
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kLongestValueBytes);
  // The file is data that others may have written: its schema must not be able to do anything.
  return execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
}

int Database::open(const std::string& path, Duration busy_timeout) {
  const int code = open_with(path, SQLITE_OPEN_READWRITE, busy_timeout);
  if (code == SQLITE_OK) sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return code;
}

int Database::open_damaged(const std::string& path) {
  // Without a write-ahead log nothing but the file counts, and SQLite need not leave an empty one beside it.
  std::error_code ignored;
  const bool has_log = std::filesystem::exists(path + "-wal", ignored);
  const std::string name = has_log ? path : "file:" + escape_for_uri(path) + "?immutable=1";
  const int code = open_with(name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, Duration::zero());
  // Without it SQLite refuses a file that was cut off (the header promises more pages) altogether.
  if (code == SQLITE_OK) sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr);
  return code;
}

int Database::prepare(std::string_view sql, Statement& statement) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  statement.handle_.reset(handle);
  return code;
}

int Database::execute(const char* sql) { return sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr); }

int Database::execute_patiently(const char* sql) {
  const SystemClock clock;
  const Deadline deadline = Deadline::after(clock.now(), busy_timeout_);
  for (;;) {
    const int code = execute(sql);
    if (primary(code) != SQLITE_BUSY || deadline.has_passed(clock.now())) return code;
    sqlite3_sleep(kBusyPauseMs);
  }
}

int Database::query(std::string_view sql, std::int64_t& value) {
  Statement statement;
  if (const int code = prepare(sql, statement); code != SQLITE_OK) return code;
  const int code = statement.step();
  if (code == SQLITE_ROW) value = statement.integer(0);
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

int Database::query(std::string_view sql, std::string& value) {
  Statement statement;
  if (const int code = prepare(sql, statement); code != SQLITE_OK) return code;
  const int code = statement.step();
  if (code == SQLITE_ROW) value = statement.bytes(0);
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

Error Database::to_error(int code, std::string_view what, const std::string& path) const {
  return Error{kind_of(code),
               fmt::format("{} {}: {} ({}): {}", what, path, sqlite3_errstr(code), code, advice_for(code))};
}

}  // namespace sv::store
