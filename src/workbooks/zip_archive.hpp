// A workbook's container: what is in it, and its entries' contents, in pieces and within bounds.
//
// Not trusted: sizes that the directory tells are checked before anything is unpacked and counted while it
// is. So a file of a few kilobytes cannot fill memory or disk (a "zip bomb").
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace sv::workbooks {

class ZipArchive {
 public:
  static constexpr std::size_t kMostEntries = 10'000;
  // A tab with a million rows of text has some 600 MB of XML.
  static constexpr std::uint64_t kMostEntryBytes = std::uint64_t{2} << 30U;
  // Deflate makes at most 1,032 out of 1; tabs of real tables are below 100. Small entries may be all alike.
  static constexpr std::uint64_t kMostRatio = 400;
  static constexpr std::uint64_t kFreeBytes = std::uint64_t{16} << 20U;

  // Errors are for people and name the file: not_found, permission_denied, io; invalid_input for what is no
  // workbook, has a password, or is out of bounds.
  static Result<ZipArchive> open(const std::string& path);

  bool has(std::string_view entry) const { return sizes_.contains(entry); }

  // Hands the entry's content on in pieces until `take` gives false. Errors: what `take` failed with;
  // invalid_input when the entry is missing, damaged or larger than it says.
  Result<void> read(std::string_view entry, const std::function<Result<bool>(std::string_view)>& take) const;

  // Bytes that its tab may have as text: the bound of what is unpacked, since "this row a million times" is
  // packed too.
  std::uint64_t most_text_bytes() const;

  // As it is shown in messages.
  const std::string& name() const { return name_; }

 private:
  struct Close {
    void operator()(void* file) const;
  };
  ZipArchive() = default;
  Result<void> read_directory();

  std::string name_;
  std::uint64_t file_bytes_ = 0;
  std::unique_ptr<void, Close> file_;
  std::map<std::string, std::uint64_t, std::less<>> sizes_;
};

}  // namespace sv::workbooks
