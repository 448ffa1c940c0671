#include "sim/fault.hpp"

#include "base/text.hpp"
#include "sim/spec_text.hpp"

#include <fmt/format.h>

#include <numeric>
#include <string>

namespace sv::sim {

namespace {
constexpr std::array<std::string_view, kFaultCount> kNames{"none",
                                                           "429",
                                                           "quota",
                                                           "500",
                                                           "502",
                                                           "503",
                                                           "529",
                                                           "reset",
                                                           "lost",
                                                           "hang",
                                                           "truncated",
                                                           "invalid-json",
                                                           "refusal",
                                                           "content-filter",
                                                           "length",
                                                           "html",
                                                           "empty-choices",
                                                           "error-200",
                                                           "unknown-finish",
                                                           "no-usage",
                                                           "late",
                                                           "slow",
                                                           "oversized",
                                                           "endless",
                                                           "bomb",
                                                           "bad-chunk"};
}  // namespace

std::string_view to_string(Fault fault) { return kNames[static_cast<std::size_t>(fault)]; }

Result<void> FaultPlan::add(std::string_view setting) {
  const std::size_t equals = setting.find('=');
  const std::string_view name = trim(setting.substr(0, equals));
  for (std::size_t i = 1; i < kFaultCount; ++i) {
    if (kNames[i] != name) continue;
    if (equals == std::string_view::npos) break;
    const Result<double> share = parse_share(setting.substr(equals + 1));
    if (!share) return std::unexpected(with_context(fmt::format("fault {}", name), share.error()));
    shares_[i] = *share;
    const double total = std::accumulate(shares_.begin(), shares_.end(), 0.0);
    if (total > 1.0 + 1e-9) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("the faults add up to {:g}%, which is more than 100%", total * 100));
    }
    return {};
  }
  std::string names;
  for (std::size_t i = 1; i < kFaultCount; ++i) names += fmt::format("{}{}", i > 1 ? ", " : "", kNames[i]);
  return fail(ErrorKind::invalid_input,
              fmt::format("fault `{}`: write NAME=P%, where NAME is one of {}", shorten(setting, 40), names));
}

Fault FaultPlan::fate(double chance) const {
  double below = 0;
  for (std::size_t i = 1; i < kFaultCount; ++i) {
    below += shares_[i];
    if (chance < below) return static_cast<Fault>(i);
  }
  return Fault::none;
}

}  // namespace sv::sim
