// Bytes as text: for what has to stand in an HTML page or in one of its attributes.
#pragma once

#include <string>
#include <string_view>

namespace sv {

// RFC 4648 §4, with padding, without line breaks.
std::string base64(std::string_view bytes);

}  // namespace sv
