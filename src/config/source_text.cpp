#include "config/source_text.hpp"

#include <algorithm>
#include <utility>

namespace sv::config {

namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
}

SourceText::SourceText(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  if (text_.starts_with(kByteOrderMark)) text_.erase(0, kByteOrderMark.size());
  line_starts_.push_back(0);
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') line_starts_.push_back(at + 1);
  }
}

std::string_view SourceText::line(std::size_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const std::size_t begin = line_starts_[number - 1];
  std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

Place SourceText::place_at(std::size_t offset, std::size_t length_bytes) const {
  offset = std::min(offset, text_.size());
  const auto after = std::ranges::upper_bound(line_starts_, offset);
  const auto number = static_cast<std::size_t>(after - line_starts_.begin());
  const std::string_view whole = line(number);
  const std::size_t in_line = std::min(offset - line_starts_[number - 1], whole.size());
  if (last_.line != number || last_.bytes > in_line) last_ = Known{.line = number};
  last_.code_points += count_code_points(whole.substr(last_.bytes, in_line - last_.bytes));
  last_.bytes = in_line;
  const std::size_t length = count_code_points(whole.substr(in_line, length_bytes));
  return Place{.line = static_cast<std::uint32_t>(number),
               .column = static_cast<std::uint32_t>(last_.code_points + 1),
               .length = static_cast<std::uint32_t>(std::max<std::size_t>(1, length))};
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace sv::config
