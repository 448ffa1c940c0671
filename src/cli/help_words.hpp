// --help in the language of messages.
#pragma once

#include <CLI/App.hpp>

namespace sv::cli {

// Gives every command `--lang`. The flag is taken out of the words before they are parsed (cli/messages.hpp);
// this is for --help, completions and the manual.
void add_language_option(CLI::App& app);

// Puts descriptions, groups, footers and labels of all commands into the language of messages.
void translate_help(CLI::App& app);

}  // namespace sv::cli
