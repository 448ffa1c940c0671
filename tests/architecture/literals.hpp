// String literals of a source file.
#pragma once

#include "architecture/source_tree.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

struct Literal {
  std::size_t begin = 0;  // offsets in the code
  std::size_t end = 0;
  std::string text;  // without escapes
};

// In order, adjacent ones joined, comments and includes passed over.
std::vector<Literal> literals_of(std::string_view code);

// The file as one text.
std::string joined_lines(const SourceFile& file);

// From 1.
std::size_t line_of(std::string_view code, std::size_t offset);

}  // namespace sv::architecture
