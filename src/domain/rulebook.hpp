// What rows are judged against.
#pragma once

#include "domain/check.hpp"
#include "domain/language.hpp"
#include "domain/redaction.hpp"

#include <string>
#include <vector>

namespace sv::domain {

struct Rulebook {
  std::string rules_text = {};                     // verbatim, given to the model as it is
  std::vector<std::string> allowed_statuses = {};  // empty: every status is allowed
  Language language = Language::english;           // in which issues and rewrites are written
  Checks checks = {};                              // what code decides; not part of the question
  Redaction redaction = {};                        // what of a row is not told to the model
};

}  // namespace sv::domain
