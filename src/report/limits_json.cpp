#include "report/limits_json.hpp"

#include "report/json_line.hpp"

#include <cstddef>
#include <optional>

namespace sv::report {

namespace {

void add_optional(JsonLine& line, std::string_view name, const std::optional<double>& value) {
  if (value) {
    line.real(name, *value);
  } else {
    line.null(name);
  }
}

std::string use_json(const domain::LimitUse& use) {
  JsonLine line;
  if (use.per_minute) {
    line.number("per_minute", *use.per_minute);
  } else {
    line.null("per_minute");
  }
  line.number("last_minute", use.last_minute);
  add_optional(line, "used", use.used());
  add_optional(line, "used_mean", use.mean);
  return line.finish();
}

}  // namespace

std::string limits_json(const std::vector<domain::ProviderLimits>& limits) {
  std::string list = "[";
  for (const domain::ProviderLimits& provider : limits) {
    if (list.size() > 1) list += ',';
    JsonLine waiting;
    for (std::size_t i = 0; i < domain::kWaitReasons; ++i) {
      const auto reason = static_cast<domain::WaitReason>(i);
      waiting.number(domain::to_string(reason), provider.waiting_for(reason));
    }
    list += JsonLine()
                .text("provider", provider.provider)
                .raw("rpm", use_json(provider.requests))
                .raw("tpm", use_json(provider.tokens))
                .boolean("slots_are_taken", provider.is_full)
                .raw("waiting_rows", waiting.finish())
                .finish();
  }
  return list + "]";
}

std::string limits_json_line(const std::vector<domain::ProviderLimits>& limits) {
  return JsonLine().text("type", "limits").raw("providers", limits_json(limits)).finish();
}

}  // namespace sv::report
