#include "domain/row.hpp"

#include "base/text.hpp"

namespace sv::domain {

namespace {

// Below what any target takes, above any name of a project.
constexpr std::size_t kComparedBytes = 4096;

}  // namespace

std::string folded_identifier(std::string_view identifier) {
  return fold_case(identifier.substr(0, kComparedBytes));
}

}  // namespace sv::domain
