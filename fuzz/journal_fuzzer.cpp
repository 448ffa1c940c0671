// Any bytes are a line of a run's journal: a record that can be written again, or none. The first byte
// decides whether the checksum is made right first, so that what is behind it is met too.
#include "base/assert.hpp"
#include "base/hash.hpp"
#include "store/journal_record.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string line(rest);
  if (data[0] % 2 == 0) line = fmt::format("{:08x} {}", sv::crc32(rest), rest);
  const sv::store::ReadLine read = sv::store::read_line(line);
  if (read.state != sv::store::LineState::record) return 0;
  std::string again;
  sv::store::append_line(read.record, again);
  SV_ASSERT(again.ends_with('\n'), "a line is a line");
  again.pop_back();
  SV_ASSERT(!again.contains('\n'), "nothing in a record begins another line");
  SV_ASSERT(sv::store::read_line(again).state == sv::store::LineState::record, "what is written is read");
  return 0;
}
