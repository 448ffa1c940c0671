#include "report/terminal.hpp"

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace sv::report {

namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read at start, before threads
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

bool wants_color(const TerminalFacts& facts) {
  if (facts.asked != ColorChoice::automatic) return facts.asked == ColorChoice::always;
  // no-color.org: when present and not empty, whatever its value.
  if (facts.no_color && !facts.no_color->empty()) return false;
  if (facts.force_color && !facts.force_color->empty()) return *facts.force_color != "0";
  return facts.is_terminal && facts.term != "dumb";
}

}  // namespace

TerminalMode decide_terminal_mode(const TerminalFacts& facts) {
  return {.color = wants_color(facts), .animation = facts.is_terminal && facts.term && facts.term != "dumb"};
}

TerminalFacts read_terminal_facts(int file_descriptor, ColorChoice asked) {
  std::optional<std::string> force = environment("FORCE_COLOR");
  // Unlike FORCE_COLOR=0, which forbids colours, CLICOLOR_FORCE=0 only does not force them.
  if (!force || force->empty()) force = environment("CLICOLOR_FORCE");
  if (force == "0" && environment("FORCE_COLOR") != "0") force = std::nullopt;
  return {.is_terminal = isatty(file_descriptor) == 1,
          .asked = asked,
          .no_color = environment("NO_COLOR"),
          .force_color = force,
          .term = environment("TERM")};
}

TerminalSize terminal_size(int file_descriptor) {
  TerminalSize known;
  winsize size{};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0) return known;
  if (size.ws_col != 0) known.columns = size.ws_col;
  if (size.ws_row != 0) known.rows = size.ws_row;
  return known;
}

}  // namespace sv::report
