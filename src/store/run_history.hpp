// What the journals of a cache tell: which runs there were, how far each came, what was under way when it
// died.
#pragma once

#include "base/error.hpp"
#include "ports/run_history.hpp"
#include "store/journal_record.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sv::store {

// "CACHE-runs": the journals of the answer cache at `cache_path`.
std::string journal_directory(const std::string& cache_path);

// Where the lock of a journal is: one for all runs with the same target.
std::string lock_path_of(const std::string& journal_path);

// Whoever holds it, in words ("process 812 on pm1 since 2026-11-25 09:30:00 UTC"); empty: nobody.
std::string holder_of(const std::string& lock_path);

// Reads a journal line by line. `each` is shown every record, in order. Damaged lines, and a last one that a
// crash tore, are counted and passed over. Errors: not_found, permission_denied, io.
Result<ports::RunRecord> read_journal(const std::string& path,
                                      const std::function<void(const JournalRecord&)>& each = {});

// The journals that there are, the latest run first. `target_id` (target_id_of()) narrows them down to one
// target.
std::vector<std::string> list_journals(const std::string& cache_path, const std::string& target_id = {});

// A target's name in file names: 16 hexadecimal digits.
std::string target_id_of(const std::string& target);

class JournalHistory final : public ports::RunHistory {
 public:
  // A row that was asked about more often is shown from its first requests on.
  static constexpr std::size_t kMostRequests = 1000;

  explicit JournalHistory(std::string cache_path) : cache_path_(std::move(cache_path)) {}

  std::vector<ports::RunRecord> runs(std::size_t max) const override;
  Result<std::vector<ports::RequestRecord>> requests_of(const ports::RunRecord& run, std::uint64_t row_number,
                                                        std::string_view key) const override;
  Result<ports::RunRecord> run_at(const std::string& path) const override;
  Result<void> each_request(const ports::RunRecord& run,
                            const std::function<void(const ports::RequestRecord&)>& take) const override;
  std::optional<ports::RunStates> states_of(const ports::RunRecord& run) const override;
  std::optional<ports::RunStates> states_before(const ports::RunRecord& run,
                                                std::uint64_t limit) const override;

 private:
  std::string cache_path_;
};

}  // namespace sv::store
