#include "sim/multipart_form.hpp"

#include "base/text.hpp"
#include "sim/letters.hpp"

#include <string>

namespace sv::sim {

namespace {

constexpr std::size_t kMaxParts = 32;
constexpr std::size_t kMaxHeaderBytes = std::size_t{8} << 10U;
constexpr std::size_t kMaxBoundaryBytes = 70;  // RFC 2046, 5.1.1

std::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorKind::bad_request, "Could not parse multipart form: " + std::string(why));
}

// `name="value"` or `name=value` behind a semicolon; the first of that name.
std::optional<std::string_view> parameter(std::string_view text, std::string_view name) {
  std::size_t at = 0;
  while ((at = text.find(';', at)) != std::string_view::npos) {
    const std::string_view rest = trim(text.substr(++at));
    if (!fold_letters(rest.substr(0, name.size())).starts_with(name)) continue;
    std::string_view value = rest.substr(name.size());
    if (!value.starts_with('=')) continue;
    value.remove_prefix(1);
    if (value.starts_with('"')) return value.substr(1, value.find('"', 1) - 1);
    return trim(value.substr(0, value.find(';')));
  }
  return std::nullopt;
}

std::optional<std::string_view> disposition(std::string_view headers) {
  static constexpr std::string_view kName = "content-disposition:";
  while (!headers.empty()) {
    const std::size_t end = headers.find("\r\n");
    const std::string_view line = headers.substr(0, end);
    if (fold_letters(line.substr(0, kName.size())) == kName) return line.substr(kName.size());
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 2);
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<FormPart>> read_multipart(std::string_view body, std::string_view content_type) {
  if (!fold_letters(content_type).starts_with("multipart/form-data")) {
    return refuse("the content type is not multipart/form-data.");
  }
  const std::optional<std::string_view> boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kMaxBoundaryBytes) {
    return refuse("the content type names no boundary.");
  }
  const std::string delimiter = "\r\n--" + std::string(*boundary);
  std::size_t at = 0;
  if (body.starts_with(std::string_view(delimiter).substr(2))) {
    at = delimiter.size() - 2;
  } else {
    at = body.find(delimiter);
    if (at == std::string_view::npos) return refuse("the boundary does not occur.");
    at += delimiter.size();
  }
  std::vector<FormPart> parts;
  while (!body.substr(at).starts_with("--")) {
    if (!body.substr(at).starts_with("\r\n")) return refuse("a boundary line is not at its end.");
    at += 2;
    const std::size_t header_end = body.substr(at, kMaxHeaderBytes).find("\r\n\r\n");
    if (header_end == std::string_view::npos) return refuse("a part has no header.");
    const std::optional<std::string_view> described = disposition(body.substr(at, header_end));
    const std::optional<std::string_view> name = described ? parameter(*described, "name") : std::nullopt;
    if (!name) return refuse("a part has no name.");
    at += header_end + 4;
    // The line break before the delimiter belongs to it, also when the content is empty.
    const std::size_t content_end = body.find(delimiter, at);
    if (content_end == std::string_view::npos) return refuse("the last boundary is missing.");
    if (parts.size() >= kMaxParts) return refuse("too many parts.");
    parts.push_back({*name, parameter(*described, "filename"), body.substr(at, content_end - at)});
    at = content_end + delimiter.size();
  }
  return parts;
}

}  // namespace sv::sim
