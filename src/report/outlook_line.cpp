#include "report/outlook_line.hpp"

#include "base/text.hpp"
#include "report/numbers.hpp"

#include <fmt/format.h>

#include <string_view>

namespace sv::report {

namespace {

constexpr std::size_t kModelColumns = 40;

}  // namespace

std::vector<std::string> render_outlook(const Outlook& outlook, const words::Phrasebook& in) {
  std::string counts;
  const auto add = [&](std::uint64_t count, std::string_view phrase) {
    if (count == 0) return;
    if (!counts.empty()) counts += ", ";
    counts += in.translate(fmt::format(fmt::runtime(phrase), grouped(count)));
  };
  add(outlook.skipped, "{} without an identifier");
  add(outlook.decided, "{} decided by checks");
  add(outlook.cached, "{} cached");
  add(outlook.duplicates, "{} duplicate");
  add(outlook.to_ask, "{} to ask");
  if (outlook.to_ask == 0) {
    if (!counts.empty()) counts += ", ";
    counts += in.translate("nothing to ask");
  }
  std::vector<std::string> lines{in.translate(fmt::format("{} rows: {}", grouped(outlook.rows), counts))};
  if (outlook.to_ask == 0) return lines;
  std::string cost = in.translate(fmt::format("cost unknown (no price for {}: --prices FILE)",
                                              shorten(sanitize_for_terminal(outlook.model), kModelColumns)));
  if (outlook.cost) {
    cost = in.translate(fmt::format("about {}", money_text(*outlook.cost, in.language())));
    if (outlook.mode == AskMode::flex) cost = in.translate(fmt::format("{} at the flex price", cost));
  }
  std::string time = in.translate("time not known before the first run");
  if (outlook.time)
    time = in.translate(fmt::format("about {}", rough_duration_text(*outlook.time, in.language())));
  if (outlook.mode == AskMode::batch) time = in.translate("an answer within a day");
  std::string expected = in.translate(fmt::format("expected: {}, {}", cost, time));
  if (outlook.history == 0) expected += in.translate("; a first guess: no answer with this rulebook yet");
  lines.push_back(std::move(expected));
  return lines;
}

}  // namespace sv::report
