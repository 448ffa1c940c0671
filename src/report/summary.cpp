#include "report/summary.hpp"

#include "base/text.hpp"
#include "report/numbers.hpp"
#include "report/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace sv::report {

namespace {

constexpr std::size_t kModelColumns = 40;
constexpr std::size_t kNameColumns = 24;
// Providers are not trusted to count well: 1,000 times the cost of a row must fit.
constexpr std::int64_t kMostPerRow = std::numeric_limits<std::int64_t>::max() / 1000;

enum class Tone { plain, heading, trouble };

// label   number   note
struct Line {
  Tone tone = Tone::plain;
  std::string label;
  std::string number;
  std::string note;
};

std::string padding(std::size_t wanted, std::string_view text) {
  const std::size_t width = display_width(text);
  return std::string(wanted > width ? wanted - width : 0, ' ');
}

template <typename... Args>
std::string fill(std::string_view text, const Args&... args) {
  return fmt::format(fmt::runtime(text), args...);
}

class SummaryBlock {
 public:
  SummaryBlock(const metrics::RunSummary& summary, domain::Language language)
      : summary_(summary), language_(language), texts_(texts(language)) {}

  std::vector<Line> lines() {
    add_rows();
    add_verdicts();
    add_requests();
    add_tokens();
    add_cost();
    add_providers();
    return std::move(lines_);
  }

 private:
  void heading(std::string_view label, std::string number = {}, std::string note = {}) {
    lines_.push_back({Tone::heading, std::string(label), std::move(number), std::move(note)});
  }
  void item(std::string_view label, std::string number, std::string note = {}, Tone tone = Tone::plain) {
    lines_.push_back({tone, "  " + std::string(label), std::move(number), std::move(note)});
  }
  std::string share_of(std::uint64_t part, std::uint64_t whole) const {
    if (whole == 0) return {};
    return percent(static_cast<double>(part) / static_cast<double>(whole), language_);
  }
  std::string list_kinds(const std::vector<metrics::KindCount>& kinds) const {
    std::string list;
    for (const auto& [kind, count] : kinds) {
      if (!list.empty()) list += ", ";
      list += fmt::format("{} {}", kind_text(kind, language_), grouped(count));
    }
    return list;
  }

  void add_rows() {
    std::string note = fill(texts_.in_time, duration_text(summary_.wall_time, language_),
                            rate_text(summary_.rows_per_second, language_));
    if (summary_.time_per_row >= std::chrono::milliseconds(1)) {
      note += fill(texts_.per_row, duration_text(summary_.time_per_row, language_));
    }
    heading(texts_.rows, grouped(summary_.rows), std::move(note));
    // All, zeros too (but for what only `ask_model: unless_failed` makes): their sum is the number of rows,
    // and a reader can check it.
    item(texts_.judged, grouped(summary_.judged));
    item(texts_.cached, grouped(summary_.cached),
         summary_.cached == 0 ? "" : percent(summary_.cache_hit_rate, language_));
    if (summary_.decided > 0)
      item(texts_.decided, grouped(summary_.decided), std::string(texts_.decided_note));
    item(texts_.unjudged, grouped(summary_.unjudged), {},
         summary_.unjudged == 0 ? Tone::plain : Tone::trouble);
    item(texts_.skipped, grouped(summary_.skipped), {}, summary_.skipped == 0 ? Tone::plain : Tone::trouble);
    if (summary_.rows > summary_.finished()) {
      item(texts_.not_reached, grouped(summary_.rows - summary_.finished()), {}, Tone::trouble);
    }
  }

  void add_verdicts() {
    const std::uint64_t verdicts = summary_.valid + summary_.invalid + summary_.needs_review;
    if (verdicts == 0) return;
    heading(texts_.verdicts, grouped(verdicts));
    item(texts_.valid, grouped(summary_.valid), share_of(summary_.valid, verdicts));
    item(texts_.invalid, grouped(summary_.invalid), share_of(summary_.invalid, verdicts));
    if (summary_.needs_review > 0) {
      item(texts_.needs_review, grouped(summary_.needs_review), share_of(summary_.needs_review, verdicts));
    }
  }

  void add_requests() {
    heading(texts_.requests, grouped(summary_.requests),
            summary_.requests == 0 ? ""
                                   : fill(texts_.at_most_in_flight, grouped(summary_.max_in_flight)) +
                                         fill(texts_.answered, percent(summary_.success_rate, language_)));
    if (summary_.latency.count != 0) {
      const metrics::LatencySummary& latency = summary_.latency;
      item(texts_.latency, duration_text(latency.p50, language_),
           fill(texts_.latency_note, duration_text(latency.p95, language_),
                duration_text(latency.p99, language_), duration_text(latency.max, language_)));
    }
    add_limits();
    if (summary_.hedges != 0) item(texts_.hedges, grouped(summary_.hedges), std::string(texts_.hedges_note));
    if (summary_.requests != 0) {
      const std::uint64_t refused = summary_.errors_of(ErrorKind::rate_limited);
      item(texts_.rate_limited, grouped(refused),
           refused == 0
               ? ""
               : fill(texts_.per_1000_rows, rate_text(summary_.rate_limited_per_1000_rows, language_)));
    }
    add_kinds(texts_.retries, summary_.retries);
    add_kinds(texts_.errors, summary_.errors);
  }

  void add_limits() {
    for (const domain::ProviderLimits& provider : summary_.limits) {
      const std::string name =
          summary_.limits.size() == 1
              ? std::string()
              : fill(texts_.at_provider, shorten(sanitize_for_terminal(provider.provider), kNameColumns));
      const auto add = [&](std::string_view label, const domain::LimitUse& use) {
        if (!use.mean) return;
        item(label, percent(*use.mean, language_), fill(texts_.of_limit, grouped(*use.per_minute)) + name);
      };
      add(texts_.requests_used, provider.requests);
      add(texts_.tokens_used, provider.tokens);
    }
  }

  void add_kinds(std::string_view label, const std::vector<metrics::KindCount>& kinds) {
    std::uint64_t total = 0;
    for (const metrics::KindCount& kind : kinds) total += kind.count;
    if (total != 0) item(label, grouped(total), list_kinds(kinds));
  }

  void add_tokens() {
    if (summary_.batches != 0) {
      heading(texts_.batches, grouped(summary_.batches),
              fill(texts_.batch_answers, grouped(summary_.batch_answers)));
    }
    if (summary_.flex_requests != 0) {
      std::string note;
      for (const domain::Money& amount : summary_.flex_cost.amounts()) {
        if (!note.empty()) note += ", ";
        note += money_text(amount, language_);
      }
      heading(texts_.flex, grouped(summary_.flex_requests),
              fill(texts_.flex_share, percent(static_cast<double>(summary_.flex_requests) /
                                                  static_cast<double>(summary_.requests),
                                              language_)) +
                  (note.empty() ? "" : ", " + note));
    }
    const domain::Usage& usage = summary_.usage;
    if (usage.input + usage.output == 0) return;
    heading(texts_.all_tokens, grouped(usage.input + usage.output),
            summary_.tokens_per_request == 0
                ? ""
                : fill(texts_.per_request, rate_text(summary_.tokens_per_request, language_)));
    item(texts_.input, grouped(usage.input),
         usage.cached_input == 0 ? ""
                                 : fill(texts_.cached_input, grouped(usage.cached_input),
                                        percent(summary_.prompt_cache_hit_rate, language_)));
    item(texts_.output, grouped(usage.output),
         usage.reasoning == 0 ? "" : fill(texts_.reasoning, grouped(usage.reasoning)));
  }

  void add_cost() {
    bool is_first = true;
    const auto line = [&](std::string number, std::string note, Tone tone) {
      if (std::exchange(is_first, false)) {
        heading(texts_.cost, std::move(number), std::move(note));
      } else {
        item("", std::move(number), std::move(note), tone);
      }
    };
    for (const domain::Money& amount : summary_.cost.amounts()) {
      const auto rows = static_cast<std::int64_t>(summary_.judged);
      std::string note;
      if (rows > 0) {
        const std::int64_t per_row = std::min(amount.trillionths() / rows, kMostPerRow);
        const domain::Money per_1000_rows(per_row * 1000, amount.currency());
        note = fill(texts_.cost_per_1000_rows, money_text(per_1000_rows, language_));
      }
      line(money_text(amount, language_), std::move(note), Tone::plain);
    }
    for (const metrics::ProviderSummary& provider : summary_.providers) {
      if (provider.unpriced_model.empty()) continue;
      line(std::string(texts_.unknown),
           fill(texts_.no_price, shorten(sanitize_for_terminal(provider.unpriced_model), kModelColumns)),
           Tone::trouble);
    }
  }

  // One provider that did all the work would only repeat the figures above.
  void add_providers() {
    const bool one_without_trouble = summary_.providers.size() == 1 &&
                                     summary_.providers.front().disabled_because.empty() &&
                                     summary_.providers.front().outages == 0;
    if (summary_.providers.empty() || one_without_trouble) return;
    heading(texts_.providers);
    for (const metrics::ProviderSummary& provider : summary_.providers) {
      std::string note = provider.failed == 0 ? std::string(texts_.all_answered)
                                              : fill(texts_.failed, grouped(provider.failed));
      if (provider.requests == 0) note.clear();
      if (provider.down > Duration::zero()) {
        if (!note.empty()) note += "; ";
        note += fill(texts_.down, duration_text(provider.down, language_));
      }
      if (provider.is_down && provider.disabled_because.empty()) {
        if (!note.empty()) note += "; ";
        note += texts_.still_down;
      }
      if (!provider.disabled_because.empty()) {
        if (!note.empty()) note += "; ";
        note += fill(texts_.disabled, sanitize_for_terminal(provider.disabled_because));
      }
      item(shorten(sanitize_for_terminal(provider.name), kNameColumns), grouped(provider.requests), note,
           provider.disabled_because.empty() ? Tone::plain : Tone::trouble);
    }
  }

  const metrics::RunSummary& summary_;
  domain::Language language_;
  const Texts& texts_;
  std::vector<Line> lines_;
};

std::string_view color_of(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::heading:
      return "\x1b[1m";
    case Tone::trouble:
      return "\x1b[33m";
  }
  return "";
}

}  // namespace

std::string render_summary(const metrics::RunSummary& summary, domain::Language language,
                           RenderOptions options) {
  const std::vector<Line> lines = SummaryBlock(summary, language).lines();
  std::size_t labels = 0;
  std::size_t numbers = 0;
  for (const Line& line : lines) {
    labels = std::max(labels, display_width(line.label));
    numbers = std::max(numbers, display_width(line.number));
  }
  const std::size_t columns =
      options.columns == 0 ? std::numeric_limits<std::size_t>::max() : options.columns;
  std::string text;
  for (const Line& line : lines) {
    std::string shown = line.label;
    if (!line.number.empty())
      shown += padding(labels, line.label) + "  " + padding(numbers, line.number) + line.number;
    if (!line.note.empty()) shown += "  " + line.note;
    shown = shorten(shown, columns);
    const std::string_view color = options.color ? color_of(line.tone) : "";
    text += color;
    text += shown;
    if (!color.empty()) text += "\x1b[0m";
    text += '\n';
  }
  return text;
}

}  // namespace sv::report
