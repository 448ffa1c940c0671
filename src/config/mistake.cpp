#include "config/mistake.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace sv::config {

namespace {

constexpr std::size_t kTabWidth = 4;
// Terminal columns of a source line that are shown around the caret.
constexpr std::size_t kShownColumns = 100;
constexpr std::size_t kShownBeforeCaret = 60;
// Code points that are looked at for that: enough when some of them take no column.
constexpr std::size_t kConsideredBeforeCaret = 200;
constexpr std::size_t kConsidered = 400;
// More than anybody reads; a generated file of 100,000 wrong keys must not cost as many lines.
constexpr std::size_t kKept = 200;

// One character of the source line as it is shown.
struct Cell {
  std::string text;
  std::size_t width = 0;
};

std::size_t next_code_point(std::string_view line, std::size_t at) {
  ++at;
  while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U) ++at;
  return at;
}

// The code points of the line from `first` on, at most kConsidered.
std::vector<Cell> to_cells(std::string_view line, std::size_t first) {
  std::size_t at = 0;
  for (std::size_t skipped = 0; skipped < first && at < line.size(); ++skipped)
    at = next_code_point(line, at);
  std::vector<Cell> cells;
  std::size_t column = 0;
  while (at < line.size() && cells.size() < kConsidered) {
    const std::size_t end = next_code_point(line, at);
    Cell cell;
    if (line[at] == '\t') {
      cell.text.assign(kTabWidth - column % kTabWidth, ' ');
    } else {
      cell.text = sanitize_for_terminal(line.substr(at, end - at));
    }
    cell.width = display_width(cell.text);
    column += cell.width;
    cells.push_back(std::move(cell));
    at = end;
  }
  return cells;
}

std::size_t total_width(const std::vector<Cell>& cells, std::size_t begin, std::size_t end) {
  std::size_t width = 0;
  for (std::size_t i = begin; i < std::min(end, cells.size()); ++i) width += cells[i].width;
  return width;
}

// The source line and the line with the caret below it.
std::pair<std::string, std::string> excerpt(const Mistake& mistake) {
  const std::size_t position = mistake.column == 0 ? 0 : mistake.column - 1;
  const std::size_t first = position > kConsideredBeforeCaret ? position - kConsideredBeforeCaret : 0;
  const std::vector<Cell> cells = to_cells(mistake.source_line, first);
  const std::size_t caret = std::min(position - first, cells.size());
  std::size_t begin = 0;
  if (total_width(cells, 0, cells.size()) > kShownColumns) {
    std::size_t before = total_width(cells, 0, caret);
    while (before > kShownBeforeCaret) before -= cells[begin++].width;
  }
  std::size_t end = begin;
  std::size_t shown = 0;
  while (end < cells.size() && shown + cells[end].width <= kShownColumns) shown += cells[end++].width;

  const bool is_cut_before = first + begin > 0;
  std::string text = is_cut_before ? "…" : "";
  for (std::size_t i = begin; i < end; ++i) text += cells[i].text;
  if (end < cells.size()) text += "…";

  std::string marks((is_cut_before ? 1 : 0) + total_width(cells, begin, caret), ' ');
  const std::size_t last = std::min({caret + mistake.length, cells.size(), end});
  const std::size_t underlined = last > caret ? total_width(cells, caret, last) : 1;
  marks += '^';
  if (underlined > 1) marks.append(underlined - 1, '~');
  return {std::move(text), std::move(marks)};
}

}  // namespace

void MistakeCollector::add(Place place, std::string message, std::string suggestion) {
  if (mistakes_.size() >= kKept) return;
  if (place.line == 0) return add_elsewhere(std::move(message), std::move(suggestion));
  if (!mask_) mask_.emplace(source_);
  if (shown_line_ != place.line) {
    shown_line_ = place.line;
    shown_text_ = mask_->masked(place.line);
  }
  mistakes_.push_back(Mistake{.file = source_.name(),
                              .line = place.line,
                              .column = place.column,
                              .length = place.length,
                              .message = std::move(message),
                              .suggestion = std::move(suggestion),
                              .source_line = shown_text_});
}

void MistakeCollector::add_elsewhere(std::string message, std::string suggestion) {
  if (mistakes_.size() >= kKept) return;
  mistakes_.push_back(Mistake{
      .file = {}, .message = std::move(message), .suggestion = std::move(suggestion), .source_line = {}});
}

std::vector<Mistake> MistakeCollector::take() {
  std::ranges::sort(mistakes_, {}, [](const Mistake& m) { return std::tie(m.line, m.column, m.message); });
  return std::exchange(mistakes_, {});
}

std::string render(const Mistake& mistake) {
  std::string shown;
  if (!mistake.file.empty()) shown += sanitize_for_terminal(mistake.file) + ":";
  if (mistake.line > 0) shown += fmt::format("{}:{}:", mistake.line, mistake.column);
  if (!shown.empty()) shown += " ";
  shown += "error: " + mistake.message;
  if (mistake.line > 0) {
    const auto [text, marks] = excerpt(mistake);
    shown += fmt::format("\n{:>5} | {}\n      | {}", mistake.line, text, marks);
  }
  if (!mistake.suggestion.empty()) shown += "\n      = help: " + mistake.suggestion;
  return shown;
}

std::string render(const std::vector<Mistake>& mistakes) {
  std::string shown;
  for (std::size_t i = 0; i < std::min(mistakes.size(), kMistakesShown); ++i) {
    if (i > 0) shown += "\n";
    shown += render(mistakes[i]);
  }
  if (mistakes.size() > kMistakesShown) {
    shown += fmt::format("\n… and {}{} more mistakes", mistakes.size() >= kKept ? "at least " : "",
                         mistakes.size() - kMistakesShown);
  }
  return shown;
}

std::string at(const SourceText& source, Place place) {
  return fmt::format("{}:{}:{}", source.name(), place.line, place.column);
}

}  // namespace sv::config
