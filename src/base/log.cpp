#include "base/log.hpp"

#include "base/text.hpp"

#include <atomic>
#include <cstdio>

namespace sv {

namespace {
std::atomic<LogLevel> lowest_level{LogLevel::info};
std::atomic<LogSink*> current_sink{nullptr};

LogWords& words() {
  static LogWords the_words;
  return the_words;
}
}  // namespace

std::string_view label_of(LogLevel level) { return words().labels[static_cast<std::size_t>(level)]; }

void set_log_words(LogWords chosen) { words() = std::move(chosen); }
void set_log_sink(LogSink* sink) { current_sink = sink; }
void set_log_level(LogLevel lowest_shown) { lowest_level = lowest_shown; }
bool is_logged(LogLevel level) { return level >= lowest_level.load(std::memory_order_relaxed); }

void log_message(LogLevel level, std::string_view message) {
  std::string safe = sanitize_for_terminal(message);
  if (words().translate) safe = words().translate(safe);
  if (LogSink* sink = current_sink.load()) {
    sink->write(level, safe);
    return;
  }
  const std::string line = fmt::format("status-validator: {}{}\n", label_of(level), safe);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace sv
