// Any bytes are read as a model's reply: no crash, and what is accepted keeps its bounds.
#include "base/assert.hpp"
#include "prompt/reply.hpp"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view reply(reinterpret_cast<const char*>(data), size);
  const auto verdict = sv::prompt::parse_reply(reply, sv::prompt::RowCode::derive("run", "row"));
  if (!verdict) {
    SV_ASSERT(verdict.error().kind == sv::ErrorKind::invalid_reply, "the only error");
    return 0;
  }
  SV_ASSERT(verdict->issues.size() <= sv::prompt::kMaxIssues, "bounded issues");
  for (const auto& issue : verdict->issues) SV_ASSERT(!issue.message.empty(), "blank issues are dropped");
  return 0;
}
