// Fields on the lines of a narrow place: what does not fit is left out as a whole, least important first.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sv::report {

enum class Tone { plain, good, warning, bad };

struct Field {
  std::string text;             // of one line; never cut
  std::string short_text = {};  // said instead where `text` is wider than a line; empty: nothing is
  int line = 0;                 // fields of one number stand together; numbers never go down
  int rank = 0;                 // 1: the last to be left out
  Tone tone = Tone::plain;
};

struct BlockSize {
  std::size_t columns = 80;
  std::size_t lines = 6;
};

using Line = std::vector<Field>;

// What stands between two fields of a line.
inline constexpr std::size_t kFieldGap = 2;

// In the order given. A new number begins a new line as long as there are enough of them; else fields follow
// each other closely; and when that is still too much, the least important ones go. No line is wider than
// `columns`, and no field is repeated.
std::vector<Line> lay_out(std::vector<Field> fields, BlockSize size);

std::size_t width_of(const Line& line);

// With the tones as colours, if they are wanted.
std::string text_of(const Line& line, bool with_color);
std::string painted(const std::string& text, Tone tone, bool with_color);

}  // namespace sv::report
