// The words of `redact` and --redact.
#pragma once

#include "domain/redaction.hpp"

#include <string_view>

namespace sv::config {

// For messages.
inline constexpr std::string_view kRedactable = "project_manager, identifier, email or phone";

// False when it is none of them.
bool add_redaction(std::string_view name, domain::Redaction& redaction);

}  // namespace sv::config
