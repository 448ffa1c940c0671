#include "report/block_layout.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sv::report {

namespace {

std::string_view color_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::good:
      return "\x1b[32m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
  }
  return "";
}

std::vector<Line> flow(const std::vector<Field>& fields, std::size_t columns, bool keeps_groups) {
  std::vector<Line> lines;
  std::size_t used = 0;
  for (const Field& field : fields) {
    const std::size_t width = display_width(field.text);
    const bool is_new_group = !lines.empty() && keeps_groups && lines.back().back().line != field.line;
    if (lines.empty() || is_new_group || used + kFieldGap + width > columns) {
      lines.push_back({field});
      used = width;
    } else {
      lines.back().push_back(field);
      used += kFieldGap + width;
    }
  }
  return lines;
}

}  // namespace

std::vector<Line> lay_out(std::vector<Field> fields, BlockSize size) {
  for (Field& field : fields) {
    if (display_width(field.text) > size.columns) field.text = std::move(field.short_text);
  }
  std::erase_if(fields, [&](const Field& field) {
    return field.text.empty() || display_width(field.text) > size.columns;
  });
  while (!fields.empty()) {
    for (const bool keeps_groups : {true, false}) {
      std::vector<Line> lines = flow(fields, size.columns, keeps_groups);
      if (lines.size() <= size.lines) return lines;
    }
    // Of several of one rank the last: the provider that is used first is told of first.
    auto least = fields.begin();
    for (auto field = fields.begin(); field != fields.end(); ++field) {
      if (field->rank >= least->rank) least = field;
    }
    fields.erase(least);
  }
  return {};
}

std::size_t width_of(const Line& line) {
  std::size_t width = line.empty() ? 0 : (line.size() - 1) * kFieldGap;
  for (const Field& field : line) width += display_width(field.text);
  return width;
}

std::string painted(const std::string& text, Tone tone, bool with_color) {
  const std::string_view color = with_color ? color_of(tone) : "";
  if (color.empty()) return text;
  return std::string(color) + text + "\x1b[0m";
}

std::string text_of(const Line& line, bool with_color) {
  std::string text;
  for (const Field& field : line) {
    if (!text.empty()) text.append(kFieldGap, ' ');
    text += painted(field.text, field.tone, with_color);
  }
  return text;
}

}  // namespace sv::report
