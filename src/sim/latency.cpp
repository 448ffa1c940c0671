#include "sim/latency.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "sim/spec_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace sv::sim {

namespace {

// The 95th percentile of the standard normal distribution.
constexpr double kNormal95 = 1.6448536269514722;
// A lognormal tail has no end; a provider's gateway has: no draw is longer.
constexpr double kLongestDrawSeconds = 3600;

struct Setting {
  std::string_view name;
  std::string_view value;
};

// "a=b,c=d"; nothing when an entry has no `=`.
std::optional<std::vector<Setting>> split_settings(std::string_view text) {
  std::vector<Setting> settings;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view entry = trim(text.substr(0, comma));
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    settings.push_back({trim(entry.substr(0, equals)), trim(entry.substr(equals + 1))});
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return settings;
}

std::unexpected<Error> bad_latency(std::string_view text, std::string_view why) {
  return fail(
      ErrorKind::invalid_input,
      fmt::format("latency `{}`: {}; write 200ms, lognormal:median=2s,p95=6s or mixture:90%=200ms,10%=2s",
                  shorten(text, 60), why));
}

}  // namespace

Latency Latency::fixed(Duration value) {
  Latency latency;
  latency.parts_.push_back({1.0, value});
  return latency;
}

Latency Latency::lognormal(Duration median, Duration p95) {
  SV_ASSERT(median > Duration::zero() && median <= p95, "a lognormal latency has 0 < median <= p95");
  Latency latency;
  latency.median_seconds_ = to_seconds(median);
  latency.sigma_ = std::log(to_seconds(p95) / to_seconds(median)) / kNormal95;
  return latency;
}

void Latency::set_stragglers(double share, double factor) {
  SV_ASSERT(share >= 0 && share <= 1 && factor >= 1, "a share of the draws, made longer");
  straggler_share_ = share;
  straggler_factor_ = factor;
}

Duration Latency::draw(Random& random) const {
  const Duration usual = draw_usual(random);
  if (straggler_share_ <= 0 || random.uniform() >= straggler_share_) return usual;
  return from_seconds(std::min(to_seconds(usual) * straggler_factor_, kLongestDrawSeconds));
}

Duration Latency::draw_usual(Random& random) const {
  if (median_seconds_ > 0) {
    const double seconds = median_seconds_ * std::exp(sigma_ * random.normal());
    return from_seconds(std::min(seconds, kLongestDrawSeconds));
  }
  const double where = random.uniform();
  static_cast<void>(random.next());  // as many numbers as normal() takes
  for (const Part& part : parts_) {
    if (where < part.share_below) return part.value;
  }
  return parts_.empty() ? Duration::zero() : parts_.back().value;
}

Result<Latency> parse_latency(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view shape = colon == std::string_view::npos ? "fixed" : trim(text.substr(0, colon));
  const std::string_view rest = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (shape == "fixed") {
    const Result<Duration> value = parse_duration(rest);
    if (!value) return bad_latency(text, value.error().message);
    return Latency::fixed(*value);
  }
  const std::optional<std::vector<Setting>> settings = split_settings(rest);
  if (!settings) return bad_latency(text, "every setting needs a `=`");
  if (shape == "lognormal") {
    Duration median{};
    Duration p95{};
    for (const Setting& setting : *settings) {
      const Result<Duration> value = parse_duration(setting.value);
      if (!value) return bad_latency(text, value.error().message);
      if (setting.name == "median") {
        median = *value;
      } else if (setting.name == "p95") {
        p95 = *value;
      } else {
        return bad_latency(text, fmt::format("unknown setting `{}`", setting.name));
      }
    }
    if (median <= Duration::zero() || p95 < median) return bad_latency(text, "it needs 0 < median <= p95");
    return Latency::lognormal(median, p95);
  }
  if (shape == "mixture") {
    Latency latency;
    double total = 0;
    for (const Setting& setting : *settings) {
      const Result<double> share = parse_share(setting.name);
      const Result<Duration> value = parse_duration(setting.value);
      if (!share) return bad_latency(text, share.error().message);
      if (!value) return bad_latency(text, value.error().message);
      total += *share;
      latency.parts_.push_back({total, *value});
    }
    if (std::abs(total - 1.0) > 1e-6)
      return bad_latency(text, fmt::format("the shares add up to {:g}%, not 100%", total * 100));
    return latency;
  }
  return bad_latency(text, fmt::format("unknown shape `{}`", shape));
}

Result<Stragglers> parse_stragglers(std::string_view text) {
  constexpr double kMostTimes = 1000;
  const std::size_t times = text.find('x');
  const Result<double> share = parse_share(text.substr(0, times));
  double factor = 0;
  if (times != std::string_view::npos) {
    const std::string_view digits = trim(text.substr(times + 1));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), factor);
    if (error != std::errc() || end != digits.data() + digits.size()) factor = 0;
  }
  if (!share || !(factor >= 1 && factor <= kMostTimes)) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("stragglers `{}`: write a share and how many times as long they take (1 to 1000), "
                    "for example 1%x10",
                    shorten(text, 60)));
  }
  return Stragglers{.share = *share, .factor = factor};
}

}  // namespace sv::sim
