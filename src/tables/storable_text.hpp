// Text from models, made fit for a table.
//
// A source row is text already, a reply need not be: JSON may spell NUL and lone surrogates, and a reply may
// have megabytes. Written as they are, they would make a target that the next run refuses to read.
#pragma once

#include <string>
#include <string_view>

namespace sv::tables {

// `text` itself when it is fit; else a copy in `scratch`: NUL and what is not UTF-8 become U+FFFD, one for
// each byte, and a text longer than kMaxCellBytes is cut between two characters and ends with "…".
std::string_view storable(std::string_view text, std::string& scratch);

// The same for text that is known to be UTF-8 without NUL: only its length is looked at.
std::string_view storable_length(std::string_view text, std::string& scratch);

}  // namespace sv::tables
