// Keeps a file with the figures of the run up to date, for node_exporter's textfile collector.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sv::metrics {

// Puts `text` at `path` in one step, readable for everyone (0644, whatever the umask: the reader is another
// user): a reader sees the old text or the new one, never a part. Written beside it under a name that
// does not end as `path` does, and renamed. Not synced to the disk: a crash of the machine may lose it.
Result<void> replace_text_file(const std::string& path, std::string_view text);

class MetricsFile {
 public:
  // How old the file may become while the run goes on.
  static constexpr Duration kPeriod = std::chrono::seconds(10);

  // `figures` gives the text; called on the thread that calls tick() and write().
  MetricsFile(std::string path, std::function<std::string()> figures)
      : path_(std::move(path)), figures_(std::move(figures)) {}

  // Writes at the first call and then whenever kPeriod has passed.
  // An error is given once; later writes are still tried, silently.
  std::optional<Error> tick(TimePoint now);
  // Writes now.
  std::optional<Error> write();

 private:
  std::string path_;
  std::function<std::string()> figures_;
  std::optional<TimePoint> written_at_;
  bool has_failed_ = false;
};

}  // namespace sv::metrics
