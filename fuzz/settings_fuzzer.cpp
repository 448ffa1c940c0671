// Any bytes are loaded as a settings file: settings or a Fatal that says what is wrong, nothing else.
#include "base/assert.hpp"
#include "base/fatal.hpp"
#include "config/load.hpp"
#include "fuzz/scratch_file.hpp"

#include <cstdint>
#include <optional>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static sv::fuzz::ScratchFile file;
  file.replace(data, size);
  sv::config::LoadRequest request;
  request.config_path = file.path();
  request.environment = [](const std::string&) -> std::optional<std::string> {
    return "http://localhost/v1";
  };
  request.working_directory = "/";
  try {
    const sv::config::Settings settings = sv::config::load_settings(request);
    SV_ASSERT(!settings.llm.providers.empty(), "settings name a provider");
    const auto& workers = settings.llm.max_workers;
    SV_ASSERT(!workers || (*workers >= 1 && *workers <= 5000), "workers are in range");
    SV_ASSERT(settings.data_start_row > settings.header_row, "data stand below the header");
  } catch (const sv::Fatal& fatal) {
    SV_ASSERT(!std::string_view(fatal.what()).empty(), "a mistake is told");
  }
  return 0;
}
