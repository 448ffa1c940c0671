// --help in the language of messages.
#pragma once

#include <CLI/App.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sv::cli {

// Gives every command `--lang`. The flag is taken out of the words before they are parsed (cli/messages.hpp);
// this is for --help, completions and the manual.
void add_language_option(CLI::App& app);

// Puts descriptions, groups, footers and labels of all commands into the language of messages, and breaks
// lines where that stream's terminal ends (elsewhere at 100 columns).
void translate_help(CLI::App& app, int file_descriptor);

// Broken between words into lines of at most `columns`, where a word is not longer; every line but the first
// is indented. Line breaks of the text stay.
std::string wrap_words(std::string_view text, std::size_t indent, std::size_t columns);

}  // namespace sv::cli
