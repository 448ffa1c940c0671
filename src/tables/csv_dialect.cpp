#include "tables/csv_dialect.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "tables/record_scanner.hpp"

namespace sv::tables {

namespace {

constexpr std::size_t kSampledRows = 30;

struct Score {
  std::size_t agreeing_rows = 0;
  std::size_t cells = 0;
  std::optional<LineEnd> line_end;
  bool is_better_than(const Score& other) const {
    return agreeing_rows != other.agreeing_rows ? agreeing_rows > other.agreeing_rows : cells > other.cells;
  }
};

Score score_delimiter(std::string_view sample, bool is_whole, char delimiter) {
  Score score;
  std::map<std::size_t, std::size_t> rows_by_width;
  RecordScanner scanner(delimiter);
  for (std::size_t rows = 0; rows < kSampledRows && !sample.empty(); ++rows) {
    scanner.start();
    if (scanner.scan(sample, is_whole) != ScanStatus::complete) break;
    if (scanner.cells().size() > 1) ++rows_by_width[scanner.cells().size()];
    if (!score.line_end) score.line_end = scanner.line_end();
    sample.remove_prefix(scanner.consumed());
  }
  for (const auto& [width, rows] : rows_by_width) {
    const Score candidate{.agreeing_rows = rows, .cells = width, .line_end = score.line_end};
    if (candidate.is_better_than(score)) score = candidate;
  }
  return score;
}

// Excel writes `sep=;` as the first line of some exports and hides it when it opens them.
std::optional<std::size_t> length_of_separator_line(std::string_view sample) {
  if (sample.size() < 6 || !sample.starts_with("sep=") || kDelimiters.find(sample[4]) == std::string_view::npos) {
    return std::nullopt;
  }
  if (sample[5] == '\n') return 6;
  if (sample[5] != '\r') return std::nullopt;
  return sample.size() > 6 && sample[6] == '\n' ? 7 : 6;
}

}  // namespace

std::string_view to_bytes(LineEnd line_end) {
  switch (line_end) {
    case LineEnd::lf: return "\n";
    case LineEnd::crlf: return "\r\n";
    case LineEnd::cr: return "\r";
  }
  return "\n";
}

DetectedDialect detect_dialect(std::string_view sample, bool is_whole) {
  DetectedDialect detected;
  if (sample.starts_with(kByteOrderMark)) {
    detected.dialect.has_bom = true;
    detected.prologue = kByteOrderMark.size();
    sample.remove_prefix(kByteOrderMark.size());
  }
  std::string_view candidates = kDelimiters;
  if (const auto line = length_of_separator_line(sample)) {
    candidates = sample.substr(4, 1);
    detected.prologue += *line;
    sample.remove_prefix(*line);
  }
  std::optional<Score> best;
  for (const char delimiter : candidates) {
    const Score score = score_delimiter(sample, is_whole, delimiter);
    if (best && !score.is_better_than(*best)) continue;
    best = score;
    detected.dialect.delimiter = delimiter;
  }
  detected.dialect.line_end = best->line_end.value_or(LineEnd::crlf);
  return detected;
}

}  // namespace sv::tables
