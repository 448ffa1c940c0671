// multipart/form-data (RFC 7578), as clients upload files: cut into its parts, nothing copied.
#pragma once

#include "base/error.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace sv::sim {

// Views are into the body.
struct FormPart {
  std::string_view name;
  std::optional<std::string_view> filename;
  std::string_view content;
};

// Error: bad_request, for a client to read. At most 32 parts, headers of 8 KiB a part.
Result<std::vector<FormPart>> read_multipart(std::string_view body, std::string_view content_type);

}  // namespace sv::sim
