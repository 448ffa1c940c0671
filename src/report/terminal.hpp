// What standard error (or standard output) can show.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace sv::report {

enum class ColorChoice { automatic, always, never };

// What is known about a stream, read from the outside once.
struct TerminalFacts {
  bool is_terminal = false;
  ColorChoice asked = ColorChoice::automatic;  // --color
  std::optional<std::string> no_color;         // NO_COLOR
  std::optional<std::string> force_color;      // FORCE_COLOR, else CLICOLOR_FORCE
  std::optional<std::string> term;             // TERM
};

struct TerminalMode {
  bool color = false;
  bool animation = false;  // may redraw a line: never for a file, whatever colour is asked for
};

// --color > NO_COLOR > FORCE_COLOR / CLICOLOR_FORCE > TERM=dumb > terminal or not.
TerminalMode decide_terminal_mode(const TerminalFacts& facts);

// Reads the environment and the file descriptor. At start, before threads.
TerminalFacts read_terminal_facts(int file_descriptor, ColorChoice asked);

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
  bool operator==(const TerminalSize&) const = default;
};

// The terminal's size now; the usual one where it cannot be known. Cheap enough for each drawing, so that no
// signal handler is needed for a window that changes its size.
TerminalSize terminal_size(int file_descriptor);
inline std::size_t terminal_columns(int file_descriptor) { return terminal_size(file_descriptor).columns; }

}  // namespace sv::report
