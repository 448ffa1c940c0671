#include "tables/csv_dialect.hpp"

#include "tables/record_scanner.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>

namespace sv::tables {

namespace {

constexpr std::size_t kSampledRows = 30;

struct Score {
  double fitness = 0;  // 0..1
  std::size_t cells = 0;
  std::optional<LineEnd> line_end;
  bool is_better_than(const Score& other) const {
    return fitness != other.fitness ? fitness > other.fitness : cells > other.cells;
  }
};

// A quote inside a plain cell: where the delimiter is wrong, quoted cells rarely begin at the beginning of a
// cell.
bool has_stray_quote(std::string_view record, std::span<const CellSpan> cells) {
  return std::ranges::any_of(cells, [&](const CellSpan& cell) {
    return !cell.is_quoted &&
           record.substr(cell.begin, cell.end - cell.begin).find('"') != std::string_view::npos;
  });
}

Score score_delimiter(std::string_view sample, bool is_whole, char delimiter) {
  Score score;
  std::map<std::size_t, std::size_t> rows_by_width;
  std::size_t rows = 0;
  std::size_t rows_with_stray_quotes = 0;
  std::size_t first_width = 0;
  RecordScanner scanner(delimiter);
  for (; rows < kSampledRows && !sample.empty(); ++rows) {
    scanner.start();
    if (scanner.scan(sample, is_whole) != ScanStatus::complete) break;
    const std::size_t width = scanner.cells().size();
    ++rows_by_width[width];
    if (rows == 0) first_width = width;
    if (has_stray_quote(sample, scanner.cells())) ++rows_with_stray_quotes;
    if (!score.line_end) score.line_end = scanner.line_end();
    sample.remove_prefix(scanner.consumed());
  }
  if (rows == 0) return score;
  const double clean = 1.0 - static_cast<double>(rows_with_stray_quotes) / static_cast<double>(rows);
  for (const auto& [width, agreeing] : rows_by_width) {
    if (width == 1) continue;
    const double cells = static_cast<double>(width);
    const double share = static_cast<double>(agreeing) / static_cast<double>(rows);
    // Commas in long comments can agree with each other, but hardly with the header.
    const double agrees_with_first = width == first_width ? 1.0 : 0.5;
    const Score candidate{.fitness = clean * agrees_with_first * share * (cells - 1) / cells,
                          .cells = width,
                          .line_end = score.line_end};
    if (candidate.is_better_than(score)) score = candidate;
  }
  return score;
}

// Excel writes `sep=;` as the first line of some exports and hides it when it opens them.
std::optional<std::size_t> length_of_separator_line(std::string_view sample) {
  if (sample.size() < 6 || !sample.starts_with("sep=") ||
      kDelimiters.find(sample[4]) == std::string_view::npos) {
    return std::nullopt;
  }
  if (sample[5] == '\n') return 6;
  if (sample[5] != '\r') return std::nullopt;
  return sample.size() > 6 && sample[6] == '\n' ? 7 : 6;
}

}  // namespace

std::string_view to_bytes(LineEnd line_end) {
  switch (line_end) {
    case LineEnd::lf:
      return "\n";
    case LineEnd::crlf:
      return "\r\n";
    case LineEnd::cr:
      return "\r";
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
