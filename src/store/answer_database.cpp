#include "store/answer_database.hpp"

#include "store/answer_record.hpp"
#include "store/store_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <filesystem>

namespace sv::store {

namespace {

// Read whole within a few milliseconds (about 1 GB/s).
constexpr std::uintmax_t kFullCheckBytes = std::uintmax_t{4} << 20U;
constexpr std::uint64_t kSalvageGroup = 1'000;

// Columns in the order of kFind, kSalvage and kInsert (there after the key).
constexpr std::string_view kFind =
    "SELECT run, answered_at, provider, model, input, cached_input, cache_write, output, reasoning, "
    "is_valid, issues, "
    "rewrite, raw_json, checksum, key FROM answer WHERE key = ?1";
constexpr std::string_view kAll =
    "SELECT run, answered_at, provider, model, input, cached_input, cache_write, output, reasoning, "
    "is_valid, issues, "
    "rewrite, raw_json, checksum, key FROM answer";
constexpr std::string_view kInsert =
    "INSERT INTO answer(key, run, answered_at, provider, model, input, cached_input, cache_write, output, "
    "reasoning, "
    "is_valid, issues, rewrite, raw_json, checksum) "
    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
    "ON CONFLICT(key) DO UPDATE SET run = excluded.run, answered_at = excluded.answered_at, "
    "provider = excluded.provider, model = excluded.model, input = excluded.input, "
    "cached_input = excluded.cached_input, cache_write = excluded.cache_write, output = excluded.output, "
    "reasoning = excluded.reasoning, is_valid = excluded.is_valid, issues = excluded.issues, "
    "rewrite = excluded.rewrite, raw_json = excluded.raw_json, checksum = excluded.checksum "
    "WHERE answer.id <= ?16 AND answer.run <> excluded.run";

constexpr const char* kSchema =
    "CREATE TABLE answer(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, run TEXT NOT NULL, "
    "answered_at INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, input INTEGER NOT NULL, "
    "cached_input INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER NOT NULL, "
    "reasoning INTEGER NOT NULL, is_valid INTEGER NOT NULL, issues TEXT NOT NULL, rewrite TEXT NOT NULL, "
    "raw_json TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;";

// Of what integrity_check has found. A page that cannot be read for the moment is told among the damages,
// with its code: "… unable to get the page. error code=266".
int code_of_finding(std::string_view finding) {
  constexpr std::string_view kCode = "error code=";
  const std::size_t at = finding.find(kCode);
  int code = SQLITE_CORRUPT;
  if (at != std::string_view::npos) {
    finding.remove_prefix(at + kCode.size());
    std::from_chars(finding.data(), finding.data() + finding.size(), code);
  }
  return code;
}

std::string_view as_view(const domain::AnswerKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

AnswerRecord read_record(const Statement& row) {
  const auto count = [&row](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  return AnswerRecord{.run = row.bytes(0),
                      .answered_at_ms = row.integer(1),
                      .provider = row.bytes(2),
                      .model = row.bytes(3),
                      .usage = {.input = count(4),
                                .cached_input = count(5),
                                .cache_write = count(6),
                                .output = count(7),
                                .reasoning = count(8)},
                      .is_valid = row.integer(9) != 0,
                      .issues = row.bytes(10),
                      .rewrite = row.bytes(11),
                      .raw_json = row.bytes(12)};
}

bool is_intact(const Statement& row, const AnswerRecord& record, std::string_view key) {
  return row.integer(13) == static_cast<std::int64_t>(checksum(key, record));
}

void bind_record(Statement& insert, std::string_view key, const AnswerRecord& record) {
  insert.bind_blob(1, key);
  insert.bind_text(2, record.run);
  insert.bind(3, record.answered_at_ms);
  insert.bind_text(4, record.provider);
  insert.bind_text(5, record.model);
  insert.bind(6, static_cast<std::int64_t>(record.usage.input));
  insert.bind(7, static_cast<std::int64_t>(record.usage.cached_input));
  insert.bind(8, static_cast<std::int64_t>(record.usage.cache_write));
  insert.bind(9, static_cast<std::int64_t>(record.usage.output));
  insert.bind(10, static_cast<std::int64_t>(record.usage.reasoning));
  insert.bind(11, record.is_valid ? 1 : 0);
  insert.bind_text(12, record.issues);
  insert.bind_text(13, record.rewrite);
  insert.bind_text(14, record.raw_json);
  insert.bind(15, static_cast<std::int64_t>(checksum(key, record)));
}

}  // namespace

std::expected<std::unique_ptr<AnswerDatabase>, OpenFailure> AnswerDatabase::open(const std::string& path,
                                                                                 std::string run_id,
                                                                                 Duration busy_timeout) {
  std::unique_ptr<AnswerDatabase> opened(new AnswerDatabase(path, std::move(run_id)));
  int code = opened->database_.open(path, busy_timeout);
  if (code == SQLITE_OK) code = opened->prepare_file();
  if (code == SQLITE_OK && opened->version_ > kFormatVersion) {
    return std::unexpected(OpenFailure{Error{
        ErrorKind::invalid_input,
        fmt::format(
            "the answer cache {} was written by a newer version of status-validator (format {}, this one "
            "reads {}); update status-validator or use another --cache",
            path, opened->version_, kFormatVersion)}});
  }
  if (code == SQLITE_OK) code = opened->check_content();
  if (code == SQLITE_OK) code = opened->prepare_statements();
  if (code != SQLITE_OK) {
    // SQLITE_ERROR: the fixed statements do not fit the schema, so it is not the one that was created here.
    const bool damaged = is_damage(code) || code == SQLITE_ERROR;
    return std::unexpected(OpenFailure{opened->to_error(code, "cannot open the answer cache"), damaged});
  }
  return opened;
}

int AnswerDatabase::prepare_file() {
  // Making a new file is not synced at each step, which would take a dozen waits for the disk: write() sees
  // to it before the first answer is promised to be kept.
  int code = database_.execute("PRAGMA synchronous=OFF");
  if (code == SQLITE_OK) code = database_.query("PRAGMA user_version", version_);
  if (code == SQLITE_OK && version_ == 0) code = create_schema();
  if (code != SQLITE_OK || version_ > kFormatVersion) return code;
  std::string mode;
  // Not in the transaction that creates the schema: so the header with the application id stands in the main
  // file, where inspect_file() looks for it, from the first moment on.
  code = database_.execute_patiently("PRAGMA journal_mode=WAL");
  if (code == SQLITE_OK) code = database_.query("PRAGMA journal_mode", mode);
  is_wal_ = mode == "wal";
  if (code != SQLITE_OK) return code;
  // 2 MB of pages: more is filled only by long runs, whose memory is to be that of short ones, and keeps but
  // a small part of a large index anyway; the rest comes from the system's page cache.
  return database_.execute(
      "PRAGMA synchronous=FULL; PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY; "
      "PRAGMA journal_size_limit=67108864");
}

template <typename Statements>
int AnswerDatabase::in_transaction(Statements statements) {
  // IMMEDIATE: waits for the lock now, within the busy timeout; a lock that is upgraded later would fail at
  // once.
  int code = database_.execute_patiently("BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return code;
  code = statements();
  if (code == SQLITE_OK) code = database_.execute("COMMIT");
  // Harmless when SQLite has rolled back by itself, as it does when the disk is full.
  if (code != SQLITE_OK) static_cast<void>(database_.execute("ROLLBACK"));
  return code;
}

int AnswerDatabase::create_schema() {
  const std::string marks =
      fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplicationId, kFormatVersion);
  return in_transaction([this, &marks] {
    // Another process may have been quicker while this one waited for the lock.
    int code = database_.query("PRAGMA user_version", version_);
    if (code != SQLITE_OK || version_ != 0) return code;
    code = database_.execute(kSchema);
    if (code == SQLITE_OK) code = database_.execute(marks.c_str());
    version_ = kFormatVersion;
    was_created_here_ = code == SQLITE_OK;
    return code;
  });
}

int AnswerDatabase::check_content() {
  if (was_created_here_) return SQLITE_OK;
  std::error_code ignored;
  const std::uintmax_t bytes = std::filesystem::file_size(path_, ignored);
  if (!ignored && bytes <= kFullCheckBytes) {
    std::string verdict = "ok";
    const int code = database_.query("PRAGMA integrity_check(1)", verdict);
    if (code != SQLITE_OK) return code;
    if (verdict != "ok") return code_of_finding(verdict);
  }
  const int code = database_.query("SELECT max(id) FROM answer", last_id_at_opening_);
  // Whoever finds answers finds a file that was synced before they were promised.
  is_main_file_synced_ = last_id_at_opening_ > 0;
  return code;
}

int AnswerDatabase::prepare_statements() {
  int code = database_.prepare(kFind, find_);
  if (code == SQLITE_OK) code = database_.prepare(kInsert, insert_);
  if (code == SQLITE_OK) {
    code = database_.prepare(
        "INSERT INTO fact VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value", put_fact_);
  }
  return code;
}

std::expected<std::shared_ptr<const domain::Answer>, int> AnswerDatabase::find(const domain::AnswerKey& key,
                                                                               bool this_run_only) {
  find_.bind_blob(1, as_view(key));
  int code = find_.step();
  std::shared_ptr<const domain::Answer> found;
  if (code == SQLITE_ROW) {
    const AnswerRecord record = read_record(find_);
    std::optional<domain::Answer> answer;
    if (is_intact(find_, record, as_view(key))) answer = to_answer(record);
    if (!answer) {
      code = SQLITE_CORRUPT;
    } else if (!this_run_only || record.run == run_id_) {
      found = std::make_shared<const domain::Answer>(*std::move(answer));
    }
  }
  find_.reset();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return std::unexpected(code);
  return found;
}

int AnswerDatabase::write(std::span<const KeyedAnswer> answers, const Facts& facts) {
  const int code = in_transaction([&] {
    for (const KeyedAnswer& answer : answers) {
      if (const int failed = write_answer(answer); failed != SQLITE_OK) return failed;
    }
    for (const auto& [name, value] : facts) {
      put_fact_.bind_text(1, name);
      put_fact_.bind_text(2, value);
      if (const int failed = put_fact_.run(); failed != SQLITE_OK) return failed;
    }
    return SQLITE_OK;
  });
  if (code != SQLITE_OK || is_main_file_synced_) return code;
  // The log alone is not enough: SQLite throws it away when a power cut leaves the main file empty. A
  // checkpoint syncs the main file.
  is_main_file_synced_ = true;
  return is_wal_ ? database_.execute("PRAGMA wal_checkpoint(PASSIVE)") : SQLITE_OK;
}

int AnswerDatabase::write_answer(const KeyedAnswer& answer) {
  const std::string issues = encode_issues(answer.answer->verdict.issues);
  bind_record(insert_, as_view(answer.key), to_record(*answer.answer, issues, run_id_));
  insert_.bind(16, last_id_at_opening_);
  return insert_.run();
}

int AnswerDatabase::load_facts(Facts& facts) {
  Statement all;
  int code = database_.prepare("SELECT name, value FROM fact", all);
  if (code != SQLITE_OK) return code;
  while ((code = all.step()) == SQLITE_ROW)
    facts.insert_or_assign(std::string(all.bytes(0)), std::string(all.bytes(1)));
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

std::uint64_t AnswerDatabase::salvage_from(const std::string& path) {
  Database damaged;
  if (damaged.open_damaged(path) != SQLITE_OK) return 0;
  std::uint64_t salvaged = 0;
  bool reached_end = false;
  for (const char* order : {" ORDER BY id", " ORDER BY id DESC"}) {
    Statement rows;
    if (reached_end || damaged.prepare(std::string(kAll) + order, rows) != SQLITE_OK) break;
    salvaged += salvage_rows(rows, reached_end);
  }
  static_cast<void>(database_.query("SELECT max(id) FROM answer", last_id_at_opening_));
  return salvaged;
}

std::uint64_t AnswerDatabase::salvage_rows(Statement& rows, bool& reached_end) {
  std::uint64_t salvaged = 0;
  int state = SQLITE_ROW;
  while (state == SQLITE_ROW) {
    std::uint64_t of_group = 0;
    const int written = in_transaction([&] {
      for (std::uint64_t i = 0; i < kSalvageGroup; ++i) {
        state = rows.step();
        if (state != SQLITE_ROW) break;
        const std::string_view key = rows.bytes(14);
        const AnswerRecord record = read_record(rows);
        if (!is_intact(rows, record, key)) continue;
        bind_record(insert_, key, record);
        insert_.bind(16, 0);
        if (const int failed = insert_.run(); failed != SQLITE_OK) return failed;
        ++of_group;
      }
      return SQLITE_OK;
    });
    if (written != SQLITE_OK) break;
    salvaged += of_group;
  }
  reached_end = state == SQLITE_DONE;
  return salvaged;
}

}  // namespace sv::store
