// Keeps written rows on disk until all of them are there, in whatever order they come.
//
// Two scratch files without names (gone with the process, whatever ends it):
//
//   data    the rows' bytes, one behind the other, in the order of put()
//   index   16 bytes per place, at 16 * place: offset and length in `data`, native byte order; length 0: no
//   row
//
// So memory stays the same for any number of rows (about 1 MB). A row that is put again leaves its old bytes
// behind in `data`. (One sorted file was rejected: it needs a merge at the end; the index in memory costs 16
// MB a million rows.) Blocking, one thread.
#pragma once

#include "base/error.hpp"
#include "tables/files.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::tables {

class RowSpool {
 public:
  // Errors: those of open_scratch_file(); io later (the disk is full).
  static Result<RowSpool> open(const std::string& directory);

  // `bytes` is not empty. A place that is put twice holds what was put last.
  Result<void> put(std::uint64_t place, std::string_view bytes);

  // The row at `place`, if it was put; valid until the next call. Quick when places ascend. put() may follow
  // again.
  Result<std::optional<std::string_view>> read(std::uint64_t place);

 private:
  struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
  };
  struct PlacedExtent {
    std::uint64_t place = 0;
    Extent extent;
  };

  RowSpool(std::string directory, FileDescriptor data, FileDescriptor index);

  Result<void> flush_data();
  Result<void> flush_index();
  Result<void> load_index(std::uint64_t place);
  Result<std::string_view> load_row(Extent extent);
  std::unexpected<Error> fail_io(std::string_view action, int error_number) const;

  std::string directory_;
  FileDescriptor data_;
  FileDescriptor index_;

  std::string unwritten_;      // the end of `data`
  std::uint64_t written_ = 0;  // bytes of `data` on disk
  std::vector<PlacedExtent> unindexed_;

  std::vector<Extent> extents_;  // of the places from first_extent_ on
  std::uint64_t first_extent_ = 0;
  std::string window_;  // bytes of `data` from window_offset_ on
  std::uint64_t window_offset_ = 0;
  std::string apart_;  // a row that was read without moving the window
};

}  // namespace sv::tables
