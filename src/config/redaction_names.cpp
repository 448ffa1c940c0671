#include "config/redaction_names.hpp"

#include "base/text.hpp"

#include <string>

namespace sv::config {

bool add_redaction(std::string_view name, domain::Redaction& redaction) {
  const std::string what = fold_case(name);
  bool* const wanted = what == "project_manager" ? &redaction.project_managers
                       : what == "identifier"    ? &redaction.identifiers
                       : what == "email"         ? &redaction.emails
                       : what == "phone"         ? &redaction.phones
                                                 : nullptr;
  if (wanted == nullptr) return false;
  *wanted = true;
  return true;
}

}  // namespace sv::config
