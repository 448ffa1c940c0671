#include "architecture/literals.hpp"

#include <algorithm>
#include <cctype>

namespace sv::architecture {

std::vector<Literal> literals_of(std::string_view code) {
  std::vector<Literal> literals;
  bool joins = false;
  for (std::size_t i = 0; i < code.size();) {
    if (code.substr(i).starts_with("//") || (code[i] == '#' && (i == 0 || code[i - 1] == '\n'))) {
      i = std::min(code.find('\n', i), code.size());
    } else if (code.substr(i).starts_with("R\"(")) {
      const std::size_t end = std::min(code.find(")\"", i), code.size() - 2);
      i = end + 2;
    } else if (code[i] == '\'' && (i == 0 || std::isalnum(static_cast<unsigned char>(code[i - 1])) == 0)) {
      for (++i; i < code.size() && code[i] != '\''; ++i) i += code[i] == '\\' ? 1 : 0;
      ++i;
      joins = false;
    } else if (code[i] == '"') {
      Literal literal{.begin = i, .end = 0, .text = {}};
      for (++i; i < code.size() && code[i] != '"'; ++i) {
        if (code[i] != '\\') {
          literal.text += code[i];
        } else {
          ++i;
          literal.text += code[i] == 'n' ? '\n' : code[i];
        }
      }
      literal.end = ++i;
      if (joins) {
        literals.back().text += literal.text;
        literals.back().end = literal.end;
      } else {
        literals.push_back(std::move(literal));
      }
      joins = true;
    } else {
      if (std::isspace(static_cast<unsigned char>(code[i])) == 0) joins = false;
      ++i;
    }
  }
  return literals;
}

std::string joined_lines(const SourceFile& file) {
  std::string code;
  for (const std::string& line : file.lines) code += line + '\n';
  return code;
}

std::size_t line_of(std::string_view code, std::size_t offset) {
  return static_cast<std::size_t>(std::ranges::count(code.substr(0, offset), '\n')) + 1;
}

}  // namespace sv::architecture
