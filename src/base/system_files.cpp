#include "base/system_files.hpp"

#include <cerrno>
#include <unistd.h>

namespace sv {

namespace {

// `call(done)` goes on behind the first `done` bytes. The number of bytes, fewer when a call gives none, or
// the negative error number.
template <typename Call>
ssize_t repeat(std::size_t size, Call call) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t some = call(done);
    if (some == 0) break;
    if (some > 0) done += static_cast<std::size_t>(some);
    if (some < 0 && errno != EINTR) return -errno;
  }
  return static_cast<ssize_t>(done);
}

// A file that takes nothing and does not say why is broken.
int error_of_write(ssize_t written, std::size_t size) {
  if (written < 0) return static_cast<int>(-written);
  return static_cast<std::size_t>(written) == size ? 0 : EIO;
}

}  // namespace

ErrorKind kind_of_system_error(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::permission_denied;
    default:
      return ErrorKind::io;
  }
}

int write_all(int file, std::string_view bytes) {
  const ssize_t written = repeat(bytes.size(), [&](std::size_t done) {
    return ::write(file, bytes.data() + done, bytes.size() - done);
  });
  return error_of_write(written, bytes.size());
}

int write_all_at(int file, std::string_view bytes, std::uint64_t offset) {
  const ssize_t written = repeat(bytes.size(), [&](std::size_t done) {
    return ::pwrite(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
  });
  return error_of_write(written, bytes.size());
}

ssize_t read_up_to(int file, char* into, std::size_t size) {
  return repeat(size, [&](std::size_t done) { return ::read(file, into + done, size - done); });
}

ssize_t read_up_to_at(int file, char* into, std::size_t size, std::uint64_t offset) {
  return repeat(size, [&](std::size_t done) {
    return ::pread(file, into + done, size - done, static_cast<off_t>(offset + done));
  });
}

}  // namespace sv
