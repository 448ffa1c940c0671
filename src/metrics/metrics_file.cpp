#include "metrics/metrics_file.hpp"

#include "base/system_files.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sv::metrics {

namespace {

std::unexpected<Error> file_failure(const std::string& path, int error_number) {
  return fail(kind_of_system_error(error_number),
              fmt::format("cannot write the metrics file {}: {}", sanitize_for_terminal(path),
                          std::generic_category().message(error_number)));
}

}  // namespace

Result<void> replace_text_file(const std::string& path, std::string_view text) {
  const std::size_t name_at = path.rfind('/') + 1;  // npos + 1 = 0: no directory in it
  std::string temporary = path.substr(0, name_at) + "." + path.substr(name_at) + ".XXXXXX";
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return file_failure(path, errno);
  int error_number = write_all(file, text);
  if (error_number == 0 && ::fchmod(file, 0644) != 0) error_number = errno;
  // Some file systems tell of a full disk only here.
  if (::close(file) != 0 && error_number == 0) error_number = errno;
  if (error_number == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error_number = errno;
  if (error_number == 0) return {};
  ::unlink(temporary.c_str());
  return file_failure(path, error_number);
}

std::optional<Error> MetricsFile::tick(TimePoint now) {
  if (written_at_ && now - *written_at_ < kPeriod) return std::nullopt;
  written_at_ = now;
  return write();
}

std::optional<Error> MetricsFile::write() {
  const Result<void> written = replace_text_file(path_, figures_());
  if (written || has_failed_) return std::nullopt;
  has_failed_ = true;
  return written.error();
}

}  // namespace sv::metrics
