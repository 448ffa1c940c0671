// A settings file as text: places in it, and lines of it that can be shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::config {

// Where something stands: line and column from 1, columns counted in code points; line 0 means "in no file".
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t length = 1;  // in code points, within the line
};

// One thread only, although const.
class SourceText {
 public:
  // `name` is the path as the user gave it. A byte order mark is dropped: it is not part of the text.
  SourceText(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::size_t line_count() const { return line_starts_.size(); }
  // Without its line break; empty when there is no such line. `number` counts from 1.
  std::string_view line(std::size_t number) const;
  // The offset of the first byte of a line that exists.
  std::size_t offset_of_line(std::size_t number) const { return line_starts_[number - 1]; }
  // The place of a byte, `length_bytes` long at most up to the end of its line. Quick for ascending offsets:
  // it counts from the last place on.
  Place place_at(std::size_t offset, std::size_t length_bytes = 1) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
  // A place that was asked for: bytes and code points before it in its line.
  struct Known {
    std::size_t line = 0;
    std::size_t bytes = 0;
    std::size_t code_points = 0;
  };
  mutable Known last_;
};

// Code points of valid UTF-8; in other text, bytes that do not continue a character.
std::size_t count_code_points(std::string_view text);

}  // namespace sv::config
