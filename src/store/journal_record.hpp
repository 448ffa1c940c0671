// The lines of a run's journal: each a CRC-32 in eight hexadecimal digits, a space, and one JSON object.
//
//   91f0a3c2 {"t":"open","run":"20261125-093000-1f0c9a2b","at":1764059400000,"pid":812,"host":"pm1",…}
//   5e21c07d {"t":"rows","rows":666}
//   0b7c11ee
//   {"t":"ask","n":1,"row":2,"key":"6f1d…","provider":"openai","model":"gpt-4.1-mini","at":1764059400120}
//   a9e4d310
//   {"t":"end","n":1,"status":200,"ms":2911,"in":1204,"cached":1024,"out":96,"cost":420000000,"cost_in":"USD"}
//   3b1d7c55 {"t":"batch","part":1,"as":"created","at":1764059401000,"provider":"openai","id":"batch_…"}
//   77c0b1f4 {"t":"put","judged":10,"cached":0,"unjudged":0,"skipped":0,"written":10}
//   e2f8a07b {"t":"close","as":"finished","at":1764059471000,"judged":666,…}
//
// Times are milliseconds since 1970, costs trillionths of the currency's unit (domain::Money).
//
// Text, because a journal is read by people with grep on the day when everything else has failed; a check
// sum, because a line that a crash tore or a disk bent must be noticed and not believed. Unknown members and
// unknown kinds of lines are passed over, so that an older program reads a newer journal.
#pragma once

#include "base/time.hpp"
#include "ports/batch_journal.hpp"
#include "ports/run_journal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sv::store {

// A longer line is no line of ours.
inline constexpr std::size_t kLongestJournalLine = std::size_t{64} << 10U;

// A process begins a run, or goes on with it.
struct JournalOpened {
  std::string run_id;
  WallTime at{};
  std::int64_t pid = 0;
  std::string host;
  std::string source;                  // as people named it
  std::string target;                  // empty: nothing is written (--dry-run)
  std::string fingerprint;             // of what makes it the same run: source, target, rulebook, flags
  std::string directory;               // the working directory,
  std::vector<std::string> arguments;  // and the command line: what `resume` runs again. Never holds a key.
  std::optional<WallTime> deadline = std::nullopt;  // by when the run must be over
  bool operator==(const JournalOpened&) const = default;
};

struct JournalRows {
  std::uint64_t rows = 0;
  bool operator==(const JournalRows&) const = default;
};

struct JournalAsked {
  ports::RequestNumber number = 0;
  std::uint64_t row_number = 0;
  std::string key;  // the first 16 hexadecimal digits of the answer key; empty: not known
  std::string provider;
  std::string model;
  WallTime at{};
  std::optional<domain::Money> reserved = std::nullopt;
  bool operator==(const JournalAsked&) const = default;
};

struct JournalAnswered {
  ports::RequestNumber number = 0;
  std::string error;  // the name of an ErrorKind; empty: a usable answer
  int http_status = 0;
  std::chrono::milliseconds latency{};
  domain::Usage usage;
  std::optional<domain::Money> cost;
  std::optional<domain::Money> charged = std::nullopt;  // when it is not the cost
  bool operator==(const JournalAnswered&) const = default;
};

struct JournalPut {
  ports::RunProgress progress;
  bool operator==(const JournalPut&) const = default;
};

struct JournalClosed {
  ports::RunEnd end = ports::RunEnd::finished;
  WallTime at{};
  ports::RunProgress progress;
  bool operator==(const JournalClosed&) const = default;
};

// A step of a part of the run that the Batch API judges. The keys of a planned part may take several lines,
// one after another.
struct JournalBatch {
  ports::BatchNote note;
  WallTime at{};
  bool operator==(const JournalBatch&) const = default;
};

using JournalRecord = std::variant<JournalOpened, JournalRows, JournalAsked, JournalAnswered, JournalPut,
                                   JournalClosed, JournalBatch>;

// With the line break.
void append_line(const JournalRecord& record, std::string& to);

enum class LineState { record, unknown, damaged };
struct ReadLine {
  LineState state = LineState::damaged;
  JournalRecord record;  // when `state` is record
};
// `line` without its line break.
ReadLine read_line(std::string_view line);

// As it stands in JournalAsked::key.
std::string key_text(const domain::AnswerKey& key);

}  // namespace sv::store
