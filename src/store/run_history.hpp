// What the journals of a cache tell: which runs there were, how far each came, what was under way when it
// died.
#pragma once

#include "base/error.hpp"
#include "domain/money.hpp"
#include "store/journal_record.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sv::store {

// A run as its journal has it.
struct RunRecord {
  std::string path;
  JournalOpened opened;         // by the last process that worked on it
  WallTime started_at{};        // by the first
  std::uint64_t processes = 0;  // that worked on it
  std::uint64_t rows = 0;
  ports::RunProgress progress;          // of the last process
  std::optional<JournalClosed> closed;  // by the last process; empty: it works, or it was killed
  std::uint64_t requests = 0;           // sent, or on the point of being sent
  std::uint64_t answers = 0;            // of them: with a usable answer
  std::uint64_t failures = 0;           // of them: without
  domain::Costs cost;                   // of the requests whose price is known
  std::uint64_t damaged_lines = 0;

  // Requests of which nobody knows what became: paid for perhaps, lost for certain.
  std::uint64_t open_requests() const { return requests - answers - failures; }
  bool is_finished() const { return closed && closed->end == ports::RunEnd::finished; }
};

// "CACHE-runs": the journals of the answer cache at `cache_path`.
std::string journal_directory(const std::string& cache_path);

// Where the lock of a journal is: one for all runs with the same target.
std::string lock_path_of(const std::string& journal_path);

// Whoever holds it, in words ("process 812 on pm1 since 2026-11-25 09:30:00 UTC"); empty: nobody.
std::string holder_of(const std::string& lock_path);

// Reads a journal line by line. `each` is shown every record, in order. Damaged lines, and a last one that a
// crash tore, are counted and passed over. Errors: not_found, permission_denied, io.
Result<RunRecord> read_journal(const std::string& path,
                               const std::function<void(const JournalRecord&)>& each = {});

// The journals that there are, the latest run first. `target_id` (target_id_of()) narrows them down to one
// target.
std::vector<std::string> list_journals(const std::string& cache_path, const std::string& target_id = {});

// A target's name in file names: 16 hexadecimal digits.
std::string target_id_of(const std::string& target);

}  // namespace sv::store
