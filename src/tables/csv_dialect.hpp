// How a CSV file is written, and how to find that out from its beginning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sv::tables {

enum class LineEnd : std::uint8_t { lf, crlf, cr };

struct CsvDialect {
  char delimiter = ',';
  bool has_bom = false;
  LineEnd line_end = LineEnd::crlf;
  bool operator==(const CsvDialect&) const = default;
};

std::string_view to_bytes(LineEnd line_end);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// In order of preference when a sample does not decide.
inline constexpr std::string_view kDelimiters = ",;\t|";

struct DetectedDialect {
  CsvDialect dialect;
  // Bytes before the first row: the byte order mark, and Excel's `sep=;` line, which is a note and not a row.
  std::size_t prologue = 0;
};

// From the first bytes of a file. The delimiter is the one with which the largest share of the first rows
// have the same number of cells (more than one; many count more than two), best the first row among them, and
// no quotes stand in the middle of cells; then the order of kDelimiters. Shares, not counts: a wrong
// delimiter breaks comments of many lines into many "rows", of which a part agree by chance. `is_whole`: the
// sample is the whole file, so that its last row is complete.
DetectedDialect detect_dialect(std::string_view sample, bool is_whole);

}  // namespace sv::tables
