#include "architecture/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace sv::architecture {

namespace {

enum class Inside { code, line_comment, block_comment, text, character };

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_digit_separator(std::string_view text, std::size_t at) {
  const auto is_word = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return at > 0 && is_word(text[at - 1]) && at + 1 < text.size() && is_word(text[at + 1]);
}

// Where a raw string that begins with its R at `at` ends (behind the closing quote).
std::size_t end_of_raw_string(std::string_view text, std::size_t at) {
  const std::size_t open = text.find('(', at);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(at + 2, open - at - 2)) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

// Comments and the insides of literals become nothing; line breaks stay, so that line numbers do.
std::string without_comments(std::string_view text) {
  std::string code;
  Inside inside = Inside::code;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view rest = text.substr(i);
    switch (inside) {
      case Inside::code:
        if (rest.starts_with("//")) {
          inside = Inside::line_comment;
        } else if (rest.starts_with("/*")) {
          inside = Inside::block_comment;
          ++i;
        } else if (rest.starts_with("R\"")) {
          const std::size_t end = end_of_raw_string(text, i);
          code += "\"\"";
          code.append(static_cast<std::size_t>(std::ranges::count(text.substr(i, end - i), '\n')), '\n');
          i = end - 1;
        } else {
          if (c == '"') inside = Inside::text;
          if (c == '\'' && !is_digit_separator(text, i)) inside = Inside::character;
          code += c;
        }
        break;
      case Inside::line_comment:
        if (c == '\n') {
          inside = Inside::code;
          code += c;
        }
        break;
      case Inside::block_comment:
        if (c == '\n') code += c;
        if (rest.starts_with("*/")) {
          inside = Inside::code;
          ++i;
        }
        break;
      case Inside::text:
      case Inside::character:
        if (c == '\\') {
          ++i;
        } else if (c == '\n' || c == (inside == Inside::text ? '"' : '\'')) {
          inside = Inside::code;
          code += c;
        }
        break;
    }
  }
  return code;
}

bool is_source(const std::filesystem::path& path) {
  return path.extension() == ".cpp" || path.extension() == ".hpp";
}

}  // namespace

std::string SourceFile::room() const {
  constexpr std::string_view kSources = "src/";
  if (!path.starts_with(kSources)) return {};
  const std::string inside = path.substr(kSources.size());
  return inside.substr(0, inside.find('/'));
}

SourceFile make_source_file(std::string path, std::string_view text) {
  SourceFile file{std::move(path), split_lines(text), split_lines(without_comments(text))};
  file.code.resize(file.lines.size());
  return file;
}

std::filesystem::path project_root() { return SV_SOURCE_DIR; }

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<SourceFile> load_sources(std::string_view folder) {
  std::vector<SourceFile> files;
  const std::filesystem::path top = project_root() / folder;
  if (!std::filesystem::exists(top)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
    if (!entry.is_regular_file() || !is_source(entry.path())) continue;
    const std::string path = std::filesystem::relative(entry.path(), project_root()).generic_string();
    files.push_back(make_source_file(path, read_text(entry.path())));
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string describe(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.path;
    if (finding.line > 0) text += ":" + std::to_string(finding.line);
    text += ": " + finding.message + "\n";
  }
  return text;
}

}  // namespace sv::architecture
