// UTF-8 text: checks and small transformations shared by all rooms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv {

// The offset of the first byte that is not valid UTF-8 (overlong forms, surrogates and code points above
// U+10FFFF are not), or nothing when all of it is.
std::optional<std::size_t> find_invalid_utf8(std::string_view bytes);

// Without spaces, tabs, line breaks, no-break spaces and byte order marks at both ends.
std::string_view trim(std::string_view text);
bool is_blank(std::string_view text);

// For comparing names: trimmed and case-folded by Unicode rules ("  ПроЕкт " -> "проект").
std::string fold_case(std::string_view text);

// ASCII alone, byte by byte: for words of protocols and formats. Other bytes stay.
char lower_ascii(char c);
std::string lower_ascii(std::string_view text);

// The whole number right behind the first `word` that has one, with nothing but blanks, quotes, colons and
// backslashes between: "Limit 30000", `"limit": "30000"`.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view word);

// Safe to show on a terminal or in a log: control characters (C0 except \n and \t, DEL, C1), bidi controls
// and broken UTF-8 become visible text (`\x1b`, `\u202e`, `�`). The one sanitizer for text that came from
// cells, models or servers.
std::string sanitize_for_terminal(std::string_view text);

// The first `max_columns` terminal columns of a one-line rendering of `text`, with `…` when something was
// cut.
std::string shorten(std::string_view text, std::size_t max_columns);

// A name in a sentence: harmless, and at most 60 columns of it.
std::string shown_name(std::string_view name);

// Terminal columns that `text` takes (wide characters take two, combining marks none).
std::size_t display_width(std::string_view text);

// Its words: letters, digits and marks of any script that stand together. Views into `text`.
std::vector<std::string_view> words_of(std::string_view text);

// Damerau-Levenshtein distance (insert, delete, substitute, swap of neighbours) in code points.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace sv
