// Any bytes are what a provider's headers and error bodies say: what is understood of them is within bounds.
#include "base/assert.hpp"
#include "limits/http_date.hpp"
#include "limits/rate_headers.hpp"
#include "limits/rate_text.hpp"
#include "limits/retry_after.hpp"
#include "ports/http_transport.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

void check(const std::optional<sv::Duration>& wait) {
  if (!wait) return;
  SV_ASSERT(*wait >= sv::Duration::zero(), "no wait is negative");
  SV_ASSERT(*wait <= sv::limits::kLongestHint, "no wait is beyond all reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const sv::WallTime now = sv::WallTime(std::chrono::hours(24 * 365 * 56));
  check(sv::limits::parse_duration(text));
  check(sv::limits::find_try_again(text));
  check(sv::limits::parse_retry_after(text, std::nullopt, now));
  check(sv::limits::parse_retry_after(std::nullopt, text, now));
  static_cast<void>(sv::limits::parse_http_date(text, now));
  static_cast<void>(sv::limits::read_rate_text(text));
  sv::ports::HttpResponse response;
  response.header_block = std::string(text);
  static_cast<void>(
      sv::limits::read_rate_headers([&](std::string_view name) { return response.header(name); }));
  return 0;
}
