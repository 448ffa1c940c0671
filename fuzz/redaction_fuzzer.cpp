// Any bytes are a row's texts: what was hidden comes back byte for byte. Lines: manager, identifier, comment.
#include "base/assert.hpp"
#include "domain/redaction.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  sv::domain::Row row;
  row.project_manager = take_line(rest);
  row.identifier = take_line(rest);
  row.comment = rest;
  const sv::domain::Redaction everything{
      .project_managers = true, .identifiers = true, .emails = true, .phones = true};
  const sv::domain::HiddenRow hidden = sv::domain::hide(row, everything);
  sv::domain::Verdict verdict;
  verdict.rewrite_suggestion = hidden.row.comment;
  sv::domain::restore(row, everything, verdict);
  SV_ASSERT(verdict.rewrite_suggestion == row.comment, "what was hidden comes back");
  return 0;
}
