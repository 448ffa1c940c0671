// Any text is looked through for words that speak to the checker: no crash, and what is told is text.
#include "base/assert.hpp"
#include "base/text.hpp"
#include "checks/suspicion.hpp"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto suspicion = sv::checks::find_suspicion(text);
  if (!suspicion || sv::find_invalid_utf8(text)) return 0;
  SV_ASSERT(!sv::find_invalid_utf8(suspicion->words), "of valid text come valid words");
  return 0;
}
