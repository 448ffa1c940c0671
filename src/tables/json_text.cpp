#include "tables/json_text.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>

namespace sv::tables {

void append_json_string(std::string_view text, std::string& to) {
  to.push_back('"');
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    to.append(text.substr(plain_from, i - plain_from));
    plain_from = i + 1;
    switch (c) {
      case '"':
        to += "\\\"";
        break;
      case '\\':
        to += "\\\\";
        break;
      case '\n':
        to += "\\n";
        break;
      case '\r':
        to += "\\r";
        break;
      case '\t':
        to += "\\t";
        break;
      case '\b':
        to += "\\b";
        break;
      case '\f':
        to += "\\f";
        break;
      default:
        fmt::format_to(std::back_inserter(to), "\\u{:04x}", static_cast<unsigned>(c));
        break;
    }
  }
  to.append(text.substr(plain_from)).push_back('"');
}

}  // namespace sv::tables
