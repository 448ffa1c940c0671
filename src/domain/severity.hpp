// The names of severities, as the reply schema and our own JSON spell them.
#pragma once

#include "domain/verdict.hpp"

#include <string_view>

namespace sv::domain {

constexpr std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::minor:
      return "minor";
    case Severity::major:
      return "major";
    case Severity::critical:
      return "critical";
  }
  return "major";
}

}  // namespace sv::domain
