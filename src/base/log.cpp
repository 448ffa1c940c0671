#include "base/log.hpp"

#include "base/text.hpp"

#include <atomic>
#include <cstdio>

namespace sv {

namespace {
std::atomic<LogLevel> lowest_level{LogLevel::info};
std::atomic<LogSink*> current_sink{nullptr};
}  // namespace

std::string_view label_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug: ";
    case LogLevel::info:
      return "";
    case LogLevel::warning:
      return "warning: ";
    case LogLevel::error:
      return "error: ";
  }
  return "";
}

void set_log_sink(LogSink* sink) { current_sink = sink; }
void set_log_level(LogLevel lowest_shown) { lowest_level = lowest_shown; }
bool is_logged(LogLevel level) { return level >= lowest_level.load(std::memory_order_relaxed); }

void log_message(LogLevel level, std::string_view message) {
  const std::string safe = sanitize_for_terminal(message);
  if (LogSink* sink = current_sink.load()) {
    sink->write(level, safe);
    return;
  }
  const std::string line = fmt::format("status-validator: {}{}\n", label_of(level), safe);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace sv
