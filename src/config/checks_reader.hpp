// `checks:` of the settings: a list of maps, each a check (docs/checks.md).
#pragma once

#include "config/mistake.hpp"
#include "config/yaml_tree.hpp"
#include "domain/check.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace sv::config {

// `list` may be null: there are none. What is wrong is reported.
std::vector<domain::Check> read_checks(const YamlNode* list, MistakeCollector& mistakes);

// "2026-12-31", "today", "monday", "today-7d", "monday+2w".
std::optional<domain::DayRule> parse_day_rule(std::string_view text);

}  // namespace sv::config
