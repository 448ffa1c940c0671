#include "ports/http_transport.hpp"

#include "base/text.hpp"

#include <strings.h>

namespace sv::ports {

std::optional<std::string_view> HttpResponse::header(std::string_view name) const {
  std::string_view rest = header_block;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): both are longer than what is compared
    if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    return trim(line.substr(name.size() + 1));
  }
  return std::nullopt;
}

}  // namespace sv::ports
