// The rows as a run left them, in a file beside its journal:
//
//   CACHE-runs/6f1d03aa51c7e290-20261125-093000-1f0c9a2b.rows
//
//   {"format":1,"run":"20261125-093000-1f0c9a2b","at":1764059400000,"question":"9c1e…","limit":0}
//   [2,"Bridge over the Kama","A. Ivanova","5e21c07da9e4d310","v"]
//   …
//   {"rows":666,"complete":true,"crc":"91f0a3c2"}
//
// The letter is the verdict: v valid, i invalid, r to be looked at, - none. The check sum is CRC-32 over
// all bytes before it, so a file that was cut or bent is noticed and not believed.
//
// It is written under another name and put in its place at the end of the run, so that a run that dies keeps
// what an earlier process of it left. (Deriving the rows from the answer cache was rejected: the source has
// changed by then, and the cache knows questions, not rows. Cost of keeping them: docs/report.md.)
#pragma once

#include "base/error.hpp"
#include "base/file_descriptor.hpp"
#include "ports/row_states.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sv::store {

// Where the rows of the run with this journal are kept.
std::string row_states_path_of(const std::string& journal_path);

// Blocking; one thread. Whatever ends it without finish() leaves the file of before.
class RowStatesFile {
 public:
  // `about`: its rows are ignored. Errors: permission_denied, io.
  static Result<RowStatesFile> create(const std::string& journal_path, const ports::RunStates& about);
  RowStatesFile(RowStatesFile&&) noexcept = default;
  RowStatesFile& operator=(RowStatesFile&&) = delete;
  ~RowStatesFile();

  // In any order: readers sort them by number. After a failed write nothing more is written, and finish()
  // tells why.
  void add(const ports::RowState& row);
  // Makes it visible. Errors: io.
  Result<void> finish(bool is_complete);

 private:
  RowStatesFile(std::string path, std::string temporary_path, FileDescriptor file)
      : path_(std::move(path)), temporary_path_(std::move(temporary_path)), file_(std::move(file)) {}
  void flush();

  std::string path_;
  std::string temporary_path_;
  FileDescriptor file_;
  std::string pending_;
  std::uint32_t checksum_ = 0;
  std::uint64_t rows_ = 0;
  int error_number_ = 0;
};

// Nothing when it is not there, or is damaged.
std::optional<ports::RunStates> read_row_states(const std::string& journal_path);

}  // namespace sv::store
