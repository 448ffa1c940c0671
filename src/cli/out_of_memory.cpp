#include "cli/out_of_memory.hpp"

#include "base/exit_code.hpp"
#include "base/heap.hpp"
#include "cli/messages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace sv::cli {

namespace {

// Made while there is memory.
std::array<char, 1024> last_words{};
std::size_t last_words_size = 0;

// The progress block is below the cursor (docs/adr/0024).
std::string_view clear_block() {
  const char* terminal = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): before any thread is started
  const bool can_clear =
      ::isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
  return can_clear ? "\r\x1b[J" : "";
}

}  // namespace

void end_when_memory_runs_out(bool is_json) {
  const int code = static_cast<int>(ExitCode::no_memory);
  std::string words(clear_block());
  words += fmt::format("status-validator: {}\n", say("out of memory; nothing that was paid for is lost, "
                                                     "`status-validator resume` goes on with the run"));
  if (is_json) words += fmt::format("{{\"type\":\"exit_error\",\"code\":{}}}\n", code);
  last_words_size = std::min(words.size(), last_words.size());
  std::copy_n(words.begin(), last_words_size, last_words.begin());
  std::set_new_handler(end_without_memory);
  check_memory_of_openssl();
}

bool is_lack_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  return system != nullptr && (system->code() == std::errc::resource_unavailable_try_again ||
                               system->code() == std::errc::not_enough_memory);
}

void end_without_memory() {
  // Nobody is left who could be told that it was not written.
  static_cast<void>(::write(STDERR_FILENO, last_words.data(), last_words_size) < 0);
  std::_Exit(static_cast<int>(ExitCode::no_memory));
}

}  // namespace sv::cli
