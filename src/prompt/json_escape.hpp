// Text as the inside of a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace sv::prompt {

// Appends `text` as it stands between the quotes of a JSON string: only `"`, `\` and control characters are
// escaped, everything else stays UTF-8 (`\u0441` would cost a model six times the tokens of `с`). The result
// is always valid JSON and valid UTF-8: bytes that are not UTF-8 become U+FFFD, one for each such byte.
void append_json_escaped(std::string& out, std::string_view text);

// The same with the quotes around it.
void append_json_string(std::string& out, std::string_view text);

}  // namespace sv::prompt
