// JSON strings as Python's json.dumps(text, ensure_ascii=False) writes them.
#pragma once

#include <string>
#include <string_view>

namespace sv::tables {

// With its quotes. `text` is UTF-8; only what JSON requires is escaped.
void append_json_string(std::string_view text, std::string& to);

}  // namespace sv::tables
