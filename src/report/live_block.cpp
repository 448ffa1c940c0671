#include "report/live_block.hpp"

#include "base/text.hpp"
#include "report/numbers.hpp"
#include "report/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace sv::report {

namespace {

using domain::Language;
using domain::ProviderLimits;
using domain::ProviderState;

constexpr std::size_t kFewestBarCells = 8;
constexpr std::size_t kMostBarCells = 24;
constexpr std::size_t kNameColumns = 24;

// The lines of a block that is wide enough, and which fields go last. Nobody misses the tokens.
enum BlockLine { kProgress, kRequests, kMoney, kProviders, kWaits };
enum Rank {
  kDone = 1,
  kWaitsFor,
  kPercent,
  kTimeLeft,
  kUnjudged,
  kCost,
  kInFlight,
  kProvider,
  kRateLimited,
  kRate,
  kRpm,
  kTpm,
  kOldest,
  kNeedsReview,
  kCached,
  kPromptCache,
  kRetries,
  kTokens
};

template <typename... Args>
std::string filled(std::string_view text, Args&&... args) {
  return fmt::format(fmt::runtime(text), std::forward<Args>(args)...);
}

double share_done(const LiveFigures& figures) {
  return figures.rows == 0
             ? 1.0
             : static_cast<double>(std::min(figures.done, figures.rows)) / static_cast<double>(figures.rows);
}

// Of several providers, what is used of the limit that is used most.
std::optional<double> most_used(const LiveFigures& figures, domain::LimitUse ProviderLimits::* limit) {
  std::optional<double> most;
  for (const ProviderLimits& provider : figures.limits) most = std::max(most, (provider.*limit).used());
  return most;
}

std::optional<Duration> oldest_request(const LiveFigures& figures) {
  std::optional<Duration> oldest;
  for (const ProviderLimits& provider : figures.limits) oldest = std::max(oldest, provider.oldest_request);
  return oldest;
}

// Of the providers that are used, and of the first that could be.
std::uint64_t in_flight_limit(const LiveFigures& figures) {
  std::uint64_t limit = 0;
  for (const ProviderLimits& provider : figures.limits) {
    const bool is_used = provider.in_flight > 0 || (limit == 0 && provider.state != ProviderState::off);
    if (is_used) limit += provider.in_flight_limit;
  }
  return limit;
}

// What most rows wait for.
std::optional<domain::WaitReason> wait_reason(const LiveFigures& figures) {
  std::array<std::uint64_t, domain::kWaitReasons> waiting{};
  bool is_full = !figures.limits.empty();
  for (const ProviderLimits& provider : figures.limits) {
    for (std::size_t i = 0; i < waiting.size(); ++i) waiting.at(i) += provider.waiting.at(i);
    is_full = is_full && provider.is_full;
  }
  const auto* most = std::ranges::max_element(waiting);
  if (*most > 0) return static_cast<domain::WaitReason>(most - waiting.begin());
  const std::uint64_t left = figures.rows - std::min(figures.rows, figures.done);
  if (is_full && left > figures.in_flight) return domain::WaitReason::slots;
  return std::nullopt;
}

std::string wait_field(domain::WaitReason reason, Language language) {
  return fmt::format("{} {}", texts(language).waits_for, wait_text(reason, language));
}

std::string time_left_text(const LiveFigures& figures, Language language) {
  return fmt::format("{} {}", texts(language).time_left,
                     figures.time_left ? rough_duration_text(*figures.time_left, language) : "–");
}

class Fields {
 public:
  Fields(const LiveFigures& figures, Language language)
      : figures_(figures), language_(language), words_(texts(language)) {}

  std::vector<Field> all() {
    add_progress();
    add_requests();
    add_money();
    for (std::size_t i = 0; i < figures_.limits.size(); ++i) add_provider(i);
    add_waits();
    return std::move(fields_);
  }

 private:
  void add(BlockLine line, Rank rank, std::string text, Tone tone = Tone::plain,
           std::string short_text = {}) {
    fields_.push_back({.text = std::move(text),
                       .short_text = std::move(short_text),
                       .line = line,
                       .rank = rank,
                       .tone = tone});
  }
  void add_count(BlockLine line, Rank rank, std::string_view name, std::uint64_t count,
                 Tone tone = Tone::plain) {
    add(line, rank, fmt::format("{} {}", name, grouped(count)), tone);
  }
  void add_share(BlockLine line, Rank rank, std::string_view name, const std::optional<double>& share) {
    if (share) add(line, rank, fmt::format("{} {}", name, percent(*share, language_)));
  }

  void add_progress() {
    add(kProgress, kDone, fmt::format("{}/{}", grouped(figures_.done), grouped(figures_.rows)));
    add(kProgress, kPercent, percent(share_done(figures_), language_));
    add(kProgress, kRate,
        fmt::format("{} {}", rate_text(figures_.rows_per_second, language_), words_.rows_per_second));
    add(kProgress, kTimeLeft, time_left_text(figures_, language_));
  }

  void add_requests() {
    const std::uint64_t limit = in_flight_limit(figures_);
    add(kRequests, kInFlight,
        limit == 0 ? fmt::format("{} {}", words_.in_flight, grouped(figures_.in_flight))
                   : fmt::format("{} {}/{}", words_.in_flight, grouped(figures_.in_flight), grouped(limit)));
    add_share(kRequests, kRpm, "RPM", most_used(figures_, &ProviderLimits::requests));
    add_share(kRequests, kTpm, "TPM", most_used(figures_, &ProviderLimits::tokens));
    add_count(kRequests, kRateLimited, words_.refusals, figures_.rate_limited,
              figures_.rate_limited > 0 ? Tone::warning : Tone::plain);
    if (const std::optional<Duration> oldest = oldest_request(figures_)) {
      add(kRequests, kOldest,
          fmt::format("{} {}", words_.oldest_request, rough_duration_text(*oldest, language_)));
    }
    add_count(kRequests, kRetries, words_.retries, figures_.retries);
  }

  void add_money() {
    for (const domain::Money& amount : figures_.cost.amounts()) {
      if (amount.is_zero()) continue;
      const std::string so_far = money_text(amount, language_);
      const std::optional<domain::Money>& expected = figures_.cost_of_run;
      const bool is_expected = expected && expected->currency() == amount.currency();
      add(kMoney, kCost,
          is_expected ? filled(words_.of_about, so_far, money_text(*expected, language_)) : so_far,
          Tone::plain, so_far);
    }
    add_count(kMoney, kCached, words_.from_cache, figures_.cached);
    add_share(kMoney, kPromptCache, words_.prompt_cache, figures_.prompt_cache_share);
    add(kMoney, kTokens, fmt::format("{} {}", words_.tokens, compact(figures_.tokens, language_)));
  }

  // Only what is out of the ordinary.
  void add_provider(std::size_t position) {
    const ProviderLimits& provider = figures_.limits[position];
    const std::string name = shorten(sanitize_for_terminal(provider.provider), kNameColumns);
    const auto say = [&](std::string_view state, Tone tone) {
      add(kProviders, kProvider, fmt::format("{}: {}", name, state), tone);
    };
    if (provider.state == ProviderState::off) {
      say(words_.given_up, Tone::bad);
    } else if (provider.state == ProviderState::down) {
      say(words_.does_not_answer, Tone::bad);
    } else if (provider.pause) {
      say(filled(words_.pauses, rough_duration_text(*provider.pause, language_)), Tone::warning);
    } else if (position > 0 && provider.in_flight > 0) {
      say(words_.steps_in, Tone::plain);
    }
  }

  void add_waits() {
    if (figures_.is_stopping) {
      add(kWaits, kWaitsFor, filled(words_.stopping, grouped(figures_.in_flight)), Tone::warning,
          filled(words_.stopping_short, grouped(figures_.in_flight)));
    } else if (figures_.batches.batches > 0 && figures_.in_flight == 0) {
      add(kWaits, kWaitsFor,
          filled(words_.waits_for_batches, grouped(figures_.batches.batches), grouped(figures_.batches.rows)),
          Tone::plain, filled(words_.waits_for_batches_short, grouped(figures_.batches.batches)));
    } else if (const std::optional<domain::WaitReason> reason = wait_reason(figures_)) {
      add(kWaits, kWaitsFor, wait_field(*reason, language_), Tone::plain,
          std::string(short_wait_text(*reason, language_)));
    }
    if (figures_.unjudged > 0) add_count(kWaits, kUnjudged, words_.unjudged, figures_.unjudged, Tone::bad);
    if (figures_.needs_review > 0)
      add_count(kWaits, kNeedsReview, words_.needs_review, figures_.needs_review, Tone::warning);
  }

  const LiveFigures& figures_;
  Language language_;
  const Texts& words_;
  std::vector<Field> fields_;
};

std::string bar(double share, std::size_t cells, bool with_color) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(cells));
  std::string done;
  std::string rest;
  for (std::size_t i = 0; i < cells; ++i) (i < full ? done : rest) += i < full ? "█" : "░";
  return (done.empty() ? done : painted(done, Tone::good, with_color)) + rest;
}

}  // namespace

std::vector<std::string> live_block(const LiveFigures& figures, BlockSize size, bool with_color,
                                    Language language) {
  size.lines = std::min(size.lines, kMostLines);
  const std::vector<Line> lines = lay_out(Fields(figures, language).all(), size);
  std::vector<std::string> texts;
  for (const Line& line : lines) {
    std::string text = text_of(line, with_color);
    if (texts.empty()) {
      // The bar takes what is left of the first line.
      const std::size_t room = size.columns - std::min(size.columns, width_of(line) + kFieldGap);
      if (room >= kFewestBarCells) {
        const std::string cells = bar(share_done(figures), std::min(room, kMostBarCells), with_color);
        text = cells + std::string(kFieldGap, ' ') + text;
      }
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string progress_line(const LiveFigures& figures, Language language) {
  const Texts& words = texts(language);
  std::string text = fmt::format("{}/{}  {}", grouped(figures.done), grouped(figures.rows),
                                 percent(share_done(figures), language));
  text += fmt::format("  {} {}", rate_text(figures.rows_per_second, language), words.rows_per_second);
  text += "  " + time_left_text(figures, language);
  text += fmt::format("  {} {}", words.in_flight, grouped(figures.in_flight));
  const auto add_share = [&](std::string_view name, const std::optional<double>& used) {
    if (used) text += fmt::format("  {} {}", name, percent(*used, language));
  };
  add_share("RPM", most_used(figures, &ProviderLimits::requests));
  add_share("TPM", most_used(figures, &ProviderLimits::tokens));
  if (const std::optional<domain::WaitReason> reason = wait_reason(figures))
    text += "  " + wait_field(*reason, language);
  if (figures.unjudged > 0) text += fmt::format("  {} {}", words.unjudged, grouped(figures.unjudged));
  text += fmt::format("  {} {}", words.retries, grouped(figures.retries));
  text += fmt::format("  {} {}", words.from_cache, grouped(figures.cached));
  text += fmt::format("  {} {}", words.tokens, compact(figures.tokens, language));
  for (const domain::Money& amount : figures.cost.amounts()) {
    if (!amount.is_zero()) text += "  " + money_text(amount, language);
  }
  return text;
}

}  // namespace sv::report
