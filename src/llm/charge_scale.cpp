#include "llm/charge_scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sv::llm {

namespace {

// More replies than a run has: a provider that has refused so often is not believed any more.
constexpr std::uint64_t kMostNeeded = std::uint64_t{1} << 20U;
constexpr double kThousandths = 1000;

double ratio_of(std::uint64_t charge, std::uint64_t reckoned) {
  return std::clamp(static_cast<double>(charge) / static_cast<double>(reckoned), ChargeScale::kLeast, 1.0);
}

}  // namespace

void ChargeScale::note_used(std::uint64_t used, std::uint64_t reckoned) {
  if (used == 0 || reckoned == 0) return;
  ++replies_;
  least_ = std::min(least_, ratio_of(used, reckoned));
}

void ChargeScale::note_refused(std::uint64_t requested, std::uint64_t reckoned) {
  if (reckoned == 0) return;
  if (requested > 0) {
    named_ = ratio_of(requested, reckoned);
    least_ = std::min(least_, named_);
    replies_ = std::max(replies_, needed_);
    return;
  }
  if (scale() >= 1) return;
  least_ = 1;
  replies_ = 0;
  needed_ = std::min(2 * needed_, kMostNeeded);
}

double ChargeScale::scale() const {
  return replies_ < needed_ ? 1 : std::min(1.0, kRoom * std::max(least_, named_));
}

std::uint64_t ChargeScale::scaled(std::uint64_t reckoned) const {
  return static_cast<std::uint64_t>(std::ceil(scale() * static_cast<double>(reckoned)));
}

std::string ChargeScale::encode() const {
  const bool is_believed = replies_ >= needed_;
  return fmt::format("1 {} {}", std::lround(kThousandths * (is_believed ? least_ : 1)),
                     std::lround(kThousandths * (is_believed ? named_ : 0)));
}

std::optional<ChargeScale> ChargeScale::decode(std::string_view text) {
  if (!text.starts_with("1 ")) return std::nullopt;
  text.remove_prefix(2);
  std::uint32_t least = 0;
  std::uint32_t named = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [middle, error] = std::from_chars(begin, end, least);
  if (error != std::errc() || middle == end || *middle != ' ') return std::nullopt;
  const auto [rest, wrong] = std::from_chars(middle + 1, end, named);
  if (wrong != std::errc() || rest != end) return std::nullopt;
  ChargeScale scale;
  scale.least_ = least / kThousandths;
  scale.named_ = named / kThousandths;
  if (scale.least_ < kLeast || scale.least_ > 1 || scale.named_ > 1) return std::nullopt;
  scale.replies_ = scale.least_ < 1 ? 1 : 0;
  return scale;
}

}  // namespace sv::llm
