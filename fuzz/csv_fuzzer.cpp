// Any bytes are read as CSV, twice: no crash, bounded cells, and the second pass sees what the first saw.
#include "base/assert.hpp"
#include "base/text.hpp"
#include "fuzz/scratch_file.hpp"
#include "tables/csv_reader.hpp"

#include <cstdint>
#include <vector>

namespace {

struct Pass {
  std::uint64_t records = 0;
  std::vector<std::string> cells;
  bool is_refused = false;
  bool operator==(const Pass&) const = default;
};

Pass read_all(sv::tables::CsvReader& reader) {
  Pass pass;
  for (;;) {
    const sv::Result<bool> has_record = reader.next();
    if (!has_record) {
      pass.is_refused = true;
      SV_ASSERT(!has_record.error().message.empty(), "a refusal says why");
      return pass;
    }
    if (!*has_record) return pass;
    ++pass.records;
    SV_ASSERT(!reader.cells().empty(), "a record has at least one cell");
    SV_ASSERT(reader.record_number() == pass.records, "records are counted one by one");
    for (const std::string_view cell : reader.cells()) pass.cells.emplace_back(cell);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sv::fuzz::ScratchFile file;
  file.replace(data, size);
  auto reader = sv::tables::CsvReader::open(file.path());
  if (!reader) return 0;
  const Pass first = read_all(*reader);
  if (!reader->rewind()) return 0;
  SV_ASSERT(read_all(*reader) == first, "both passes read the same");
  return 0;
}
