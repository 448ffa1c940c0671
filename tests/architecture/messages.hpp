// The errors and warnings of the code, so that each can be held to this: it says itself what to do, or
// docs/troubleshooting.md does.
#pragma once

#include "architecture/source_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sv::architecture {

struct Message {
  std::string path;
  std::size_t line = 0;
  std::string text;  // its first literal
};

// Of `throw Fatal(…)`, `log(LogLevel::warning or error, …)` and `fail(ErrorKind::…, …)` in the rooms whose
// messages reach people. Left out: mistakes of the settings (each comes with its line, a caret and help),
// simulators, and what tests/architecture/messages.cpp gives a reason for.
std::vector<Message> messages_of(const std::vector<SourceFile>& files);

// "name another", "run again", "give --batch too" …
bool says_what_to_do(std::string_view message);

// Reasons that hold no more.
std::vector<std::string> stale_message_exceptions(const std::vector<SourceFile>& files);

}  // namespace sv::architecture
