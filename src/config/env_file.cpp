#include "config/env_file.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

namespace sv::config {

namespace {

constexpr std::string_view kSpaces = " \t\r";
constexpr std::string_view kExport = "export";

bool is_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) return false;
  return std::ranges::all_of(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; });
}

std::string_view trim_spaces(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

class Parser {
 public:
  explicit Parser(const SourceText& source) : source_(source), text_(source.text()) {}

  EnvFile parse() {
    while (at_ < text_.size()) statement();
    return std::move(file_);
  }

 private:
  void statement() {
    const std::size_t begin = at_;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string_view line = text_.substr(begin, end - begin);
    at_ = std::min(end + 1, text_.size());
    const std::string_view shown = trim_spaces(line);
    if (shown.empty() || shown.starts_with('#')) return;

    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return complain(begin, "no '=' after the name");
    std::string_view name = trim_spaces(line.substr(0, equals));
    if (name.starts_with(kExport) && name.size() > kExport.size() && kSpaces.contains(name[kExport.size()])) {
      name = trim_spaces(name.substr(kExport.size()));
    }
    if (!is_name(name)) return complain(begin, "what stands before '=' is not a name");

    std::size_t value = begin + equals + 1;
    while (value < end && kSpaces.contains(text_[value])) ++value;
    has_reference_ = false;
    const bool is_quoted = value < end && (text_[value] == '"' || text_[value] == '\'');
    std::optional<std::string> read = is_quoted ? quoted(value) : plain(text_.substr(value, end - value));
    if (!read) return complain(begin, "the quotes of the value do not match");
    if (has_reference_) {
      return complain(begin, "'${…}' is not replaced here: write the value out");
    }
    file_.values.insert_or_assign(std::string(name), std::move(*read));
  }

  std::optional<std::string> plain(std::string_view value) {
    std::size_t end = 0;
    while (end < value.size() && !(value[end] == '#' && (end == 0 || kSpaces.contains(value[end - 1]))))
      ++end;
    const std::string_view read = trim_spaces(value.substr(0, end));
    has_reference_ = read.find("${") != std::string_view::npos;
    return std::string(read);
  }

  // Moves at_ behind the line on which the quotes end, but only when they do end.
  std::optional<std::string> quoted(std::size_t open) {
    const char quote = text_[open];
    std::string value;
    for (std::size_t i = open + 1; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == quote) return has_only_comment_after(i + 1) ? std::optional(std::move(value)) : std::nullopt;
      if (c != '\\' || i + 1 >= text_.size()) {
        if (quote == '"' && c == '$' && text_.substr(i + 1).starts_with('{')) has_reference_ = true;
        value.push_back(c);
        continue;
      }
      append_escape(value, quote, text_[++i]);
    }
    return std::nullopt;
  }

  static void append_escape(std::string& value, char quote, char escaped) {
    if (escaped == quote || escaped == '\\') {
      value.push_back(escaped);
    } else if (quote == '"' && (escaped == 'n' || escaped == 't' || escaped == 'r' || escaped == '$')) {
      value.push_back(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : '$');
    } else {
      value.push_back('\\');
      value.push_back(escaped);
    }
  }

  bool has_only_comment_after(std::size_t offset) {
    const std::size_t end = std::min(text_.find('\n', offset), text_.size());
    const std::string_view rest = trim_spaces(text_.substr(offset, end - offset));
    if (!rest.empty() && !rest.starts_with('#')) return false;
    at_ = std::min(end + 1, text_.size());
    return true;
  }

  void complain(std::size_t offset, std::string_view what) {
    file_.problems.push_back(
        fmt::format("{}:{}: {}; the line is left out", source_.name(), source_.place_at(offset).line, what));
  }

  const SourceText& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  bool has_reference_ = false;  // the value just read holds `${`, which other programs replace
  EnvFile file_;
};

}  // namespace

EnvFile parse_env_file(const SourceText& source) { return Parser(source).parse(); }

}  // namespace sv::config
