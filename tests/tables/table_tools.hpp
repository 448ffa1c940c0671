// What the tests of tables/ share: a directory of their own, and ports called without an event loop around
// them.
#pragma once

#include "base/error.hpp"
#include "domain/outcome.hpp"
#include "ports/outcome_sink.hpp"
#include "ports/row_source.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

// A new directory, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const { return path_ + "/" + std::string(name); }
  // The path of the file written.
  std::string write(std::string_view name, std::string_view content) const;
  // Names in it, hidden ones too, sorted.
  std::vector<std::string> names() const;

 private:
  std::string path_;
};

// "" when there is no such file.
std::string content_of(const std::string& path);

Result<std::vector<domain::Row>> read_rows(ports::RowSource& source, std::size_t max = 1000);
// All of them, block by block; a failure ends the test program.
std::vector<domain::Row> read_all_rows(ports::RowSource& source);
Result<void> rewind(ports::RowSource& source);

Result<std::vector<ports::ExistingRow>> read_existing(ports::OutcomeSink& sink, std::size_t max = 1000);
Result<void> begin(ports::OutcomeSink& sink, std::uint64_t places, bool keep_existing);
Result<void> put(ports::OutcomeSink& sink, std::vector<domain::Outcome> outcomes);
Result<void> finish(ports::OutcomeSink& sink);

// A judged outcome at `place`, of the row of that number (+ 2 for the sheet), with an answer of 2026-11-25
// 09:30:00 UTC.
domain::Outcome make_outcome(std::uint64_t place, std::string_view identifier, std::string_view comment);
domain::Outcome make_unjudged(std::uint64_t place, std::string_view identifier, std::string_view reason);

}  // namespace sv::tables
