// What to tell people whose file is not UTF-8.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sv::tables {

// Whether the bytes above 0x7F look like Russian in Windows-1251: most of them are letters there and stand
// beside another one. (In Western encodings accented letters mostly stand alone.)
bool looks_like_windows_1251(std::string_view bytes);

// "byte 0xE9 at offset 4711 is not UTF-8; …" with the way out. `around`: bytes of the file from about there;
// `offset` counts from the beginning of the file; `file_name` is for the command line that converts it.
std::string describe_bad_byte(unsigned char byte, std::uint64_t offset, std::string_view around,
                              std::string_view file_name);

}  // namespace sv::tables
