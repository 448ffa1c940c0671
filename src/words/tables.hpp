// The Russian of each room's sentences. A phrase whose English is used by several rooms stands in one table.
#pragma once

#include "words/phrase.hpp"

#include <span>

namespace sv::words {

std::span<const Phrase> common_phrases();    // of the system, and of several rooms
std::span<const Phrase> settings_phrases();  // config/
std::span<const Phrase> yaml_phrases();      // config/: YAML, checks, prices
std::span<const Phrase> provider_phrases();  // http/, llm/, prompt/, cost/
std::span<const Phrase> store_phrases();     // store/
std::span<const Phrase> table_phrases();     // tables/, workbooks/
std::span<const Phrase> sheets_phrases();    // sheets/
std::span<const Phrase> run_phrases();       // cli/: what a run says
std::span<const Phrase> command_phrases();   // cli/ and report/: the other commands
std::span<const Phrase> run_help_phrases();  // cli/: --help of a run
std::span<const Phrase> help_phrases();      // cli/: --help of the other commands

std::span<const std::span<const Phrase>> all_tables();

}  // namespace sv::words
