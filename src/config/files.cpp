#include "config/files.hpp"

#include "base/system_files.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sv::config {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  int value() const { return value_; }

 private:
  int value_;
};

std::unexpected<Error> fail_with(int code, const std::string& path) {
  return fail(kind_of_system_error(code),
              fmt::format("cannot read '{}': {}", path, std::generic_category().message(code)));
}

}  // namespace

Result<std::string> read_whole_file(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.value() < 0) return fail_with(errno, path);
  struct stat status{};
  if (fstat(file.value(), &status) != 0) return fail_with(errno, path);
  if (S_ISDIR(status.st_mode)) return fail_with(EISDIR, path);

  std::string content;
  std::array<char, 16'384> buffer{};
  for (;;) {
    const ssize_t got = read_up_to(file.value(), buffer.data(), buffer.size());
    if (got < 0) return fail_with(static_cast<int>(-got), path);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > max_bytes) {
      return fail(ErrorKind::oversized, fmt::format("'{}' is larger than {} bytes", path, max_bytes));
    }
  }
}

std::string join_path(const std::string& directory, const std::string& path) {
  if (directory.empty() || path.starts_with('/')) return path;
  return directory.ends_with('/') ? directory + path : directory + "/" + path;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {};
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace sv::config
