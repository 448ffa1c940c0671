// Diagnostics for people, on standard error: never results, never a key, never the text of a row.
//
// A plain function pointer table instead of a logging library: the terminal view must be able to draw its
// progress line around every message, so all of them pass one place. Thread-safe.
#pragma once

#include <fmt/format.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace sv {

enum class LogLevel { debug, info, warning, error };

// Where messages go; the default prints `status-validator: warning: …` lines to standard error.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(LogLevel level, std::string_view message) = 0;
};

// Not owned; nullptr restores the default. Call before threads start.
void set_log_sink(LogSink* sink);
void set_log_level(LogLevel lowest_shown);
bool is_logged(LogLevel level);
// How messages are said to people: the labels of the levels, and what puts a message into their language. The
// default is English. Call before threads start.
struct LogWords {
  std::array<std::string, 4> labels = {"debug: ", "", "warning: ", "error: "};
  std::function<std::string(std::string_view)> translate;
};
void set_log_words(LogWords words);
// What stands before a message of that level: "warning: ", nothing for info.
std::string_view label_of(LogLevel level);
void log_message(LogLevel level, std::string_view message);

template <typename... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (is_logged(level)) log_message(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace sv
