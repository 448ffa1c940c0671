// The language of what this process says to people. Machine output (JSON, CSV, metrics, exit codes) is not
// said with it.
#pragma once

#include "domain/language.hpp"
#include "words/phrasebook.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::cli {

// A variable of the environment; nothing when it is not set.
using GetVariable = std::function<std::optional<std::string>(const char* name)>;

// Takes `--lang CODE` out of the typed words, wherever it stands: all commands have it, and a run that is
// resumed speaks the language of who resumes it. The last one counts; without any the first of SV_LANG,
// LC_ALL, LC_MESSAGES and LANG that is not empty. Languages other than Russian are answered in English.
// Throws Fatal (usage) when the code is neither en nor ru.
domain::Language take_language(std::vector<std::string>& typed, const GetVariable& variable);

// From here on messages are in that language; the log's, too. Before threads start.
void set_message_language(domain::Language language);
domain::Language message_language();
const words::Phrasebook& phrasebook();

// The text in the language of messages.
std::string say(std::string_view english);

}  // namespace sv::cli
