#include "sim/outage.hpp"

#include "base/text.hpp"
#include "sim/spec_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sv::sim {

std::optional<OutageKind> OutagePlan::at(Duration since_first) const {
  const auto found = std::ranges::find_if(outages_, [&](const Outage& outage) {
    return since_first >= outage.start && since_first < outage.start + outage.length;
  });
  return found == outages_.end() ? std::nullopt : std::optional(found->kind);
}

Result<Outage> parse_outage(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return fail(ErrorKind::invalid_input,
                fmt::format("outage `{}`: {}; write START+DURATION and how, for example 30s+60s, "
                            "30s+60s:refuse or 30s+60s:hang",
                            shorten(text, 60), why));
  };
  const std::size_t colon = text.find(':');
  const std::string_view kind = colon == std::string_view::npos ? "500" : trim(text.substr(colon + 1));
  const std::string_view times = text.substr(0, colon);
  const std::size_t plus = times.find('+');
  if (plus == std::string_view::npos) return bad("it has no `+`");
  const Result<Duration> start = parse_duration(times.substr(0, plus));
  if (!start) return bad(start.error().message);
  const Result<Duration> length = parse_duration(times.substr(plus + 1));
  if (!length) return bad(length.error().message);
  Outage outage{.start = *start, .length = *length};
  if (kind == "refuse") {
    outage.kind = OutageKind::refuse;
  } else if (kind == "hang") {
    outage.kind = OutageKind::hang;
  } else if (kind != "500") {
    return bad(fmt::format("unknown kind `{}`", kind));
  }
  return outage;
}

}  // namespace sv::sim
