// The answers and facts in one SQLite file: the schema, and what is read and written. Blocking; used by one
// thread at a time.
//
// Format 1 (PRAGMA user_version), application id "SVAN", WAL:
//
//   answer(id, key UNIQUE, run, answered_at, provider, model, five token counts, is_valid, issues, rewrite,
//   raw_json,
//          checksum)      one row per answer key; `issues` and `checksum` as answer_record.hpp says
//   fact(name, value)     small learnt facts
//
// A rowid table with a unique index, not WITHOUT ROWID: 14-27 microseconds a row in grouped commits instead
// of 39-70. synchronous=FULL: an answer that was committed has been paid for and must survive a power cut;
// grouped commits make the price one fsync per group.
//
// Which answer stays when a key is written twice: the first one, unless it stood in the file before this
// database was opened by a run of another id. Such an answer can only be asked again on purpose (--force,
// --checkdate), and then the newer one replaces it. So two processes that race keep
// the first, and no clock decides.
#pragma once

#include "domain/answer.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace sv::store {

inline constexpr std::int64_t kFormatVersion = 1;

struct KeyedAnswer {
  domain::AnswerKey key{};
  std::shared_ptr<const domain::Answer> answer;
};

using Facts = std::map<std::string, std::string, std::less<>>;

struct OpenFailure {
  Error error;
  bool is_damage = false;  // a new file would help
};

class AnswerDatabase {
 public:
  // The file exists; an empty one gets the schema. Small files are checked throughout, of large ones only
  // what opening touches: a full check reads the whole file, and each row's checksum finds more.
  static std::expected<std::unique_ptr<AnswerDatabase>, OpenFailure> open(const std::string& path,
                                                                          std::string run_id,
                                                                          Duration busy_timeout);

  // Look-ups in between share one snapshot, and one locking and unlocking of the file. Only a hint: look-ups
  // work without it, and it ends with the database.
  void begin_lookups() { static_cast<void>(database_.execute("BEGIN")); }
  void end_lookups() { static_cast<void>(database_.execute("COMMIT")); }

  // Nothing for a miss. Errors are SQLite's result codes; a row whose checksum does not fit is
  // SQLITE_CORRUPT.
  std::expected<std::shared_ptr<const domain::Answer>, int> find(const domain::AnswerKey& key,
                                                                 bool this_run_only);

  // All of them in one transaction, durably, or none.
  int write(std::span<const KeyedAnswer> answers, const Facts& facts);

  int load_facts(Facts& facts);

  // Copies every undamaged answer of another file that can still be read, from both ends up to where reading
  // fails, and gives their number. Learnt facts are not copied: they carry no checksum and are learnt again.
  std::uint64_t salvage_from(const std::string& path);

  Error to_error(int code, std::string_view what) const { return database_.to_error(code, what, path_); }
  bool is_wal() const { return is_wal_; }
  const std::string& path() const { return path_; }

 private:
  AnswerDatabase(std::string path, std::string run_id) : path_(std::move(path)), run_id_(std::move(run_id)) {}
  int prepare_file();
  int create_schema();
  int check_content();
  int prepare_statements();
  int write_answer(const KeyedAnswer& answer);
  std::uint64_t salvage_rows(Statement& rows, bool& reached_end);
  template <typename Statements>
  int in_transaction(Statements statements);

  std::string path_;
  std::string run_id_;
  bool is_wal_ = false;
  bool was_created_here_ = false;
  bool is_main_file_synced_ = false;
  std::int64_t version_ = 0;
  std::int64_t last_id_at_opening_ = 0;

  Database database_;  // before its statements: they go first
  Statement find_;
  Statement insert_;
  Statement put_fact_;
};

}  // namespace sv::store
