// Reading and writing of open files that is done as a whole, and what the system's error numbers mean. Calls
// block.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <sys/types.h>

namespace sv {

// What the system said of a file: not_found, permission_denied, else io.
ErrorKind kind_of_system_error(int error_number);

// All bytes or an error number; 0 is success. Interrupted and short calls are continued.
int write_all(int file, std::string_view bytes);
int write_all_at(int file, std::string_view bytes, std::uint64_t offset);

// Reads until `size` bytes or the end of the file: the number read, or the negative error number.
ssize_t read_up_to(int file, char* into, std::size_t size);
ssize_t read_up_to_at(int file, char* into, std::size_t size, std::uint64_t offset);

}  // namespace sv
