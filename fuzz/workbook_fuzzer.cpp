// Any bytes as a workbook, and as the parts of one: no crash, no endless work, and what is refused says why.
#include "base/assert.hpp"
#include "fuzz/scratch_file.hpp"
#include "workbooks/workbook.hpp"
#include "workbooks/xml_parser.hpp"

#include <cstdint>
#include <string_view>

namespace {

class Nobody final : public sv::workbooks::XmlHandler {
 public:
  void start(std::string_view element, const sv::workbooks::XmlAttributes& attributes) override {
    seen_ += element.size() + attributes.text("r").size() + attributes.number("s").value_or(0);
  }
  void end(std::string_view) override {}
  void text(std::string_view text) override { seen_ += text.size(); }

 private:
  std::size_t seen_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sv::fuzz::ScratchFile file;
  file.replace(data, size);
  const auto converted = sv::workbooks::convert_tab(file.path(), {}, "/tmp");
  SV_ASSERT(converted || !converted.error().message.empty(), "a refusal says why");
  Nobody nobody;
  sv::workbooks::XmlParser parser(nobody);
  if (parser.feed({reinterpret_cast<const char*>(data), size})) static_cast<void>(parser.finish());
  return 0;
}
