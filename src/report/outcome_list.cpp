#include "report/outcome_list.hpp"

#include "base/text.hpp"
#include "report/numbers.hpp"
#include "report/row_in_a_line.hpp"
#include "report/texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

namespace sv::report {

void OutcomeList::List::add(const domain::Outcome& outcome) {
  ++total;
  const std::uint64_t number = outcome.row.number;
  if (first.size() == kShown && number >= first.back().number) return;
  const auto place = std::ranges::upper_bound(first, number, {}, &Item::number);
  first.insert(place, {.number = number,
                       .identifier = one_line_of(outcome.row.identifier, kIdentifierColumns),
                       .reason = one_line_of(outcome.reason, kReasonColumns)});
  if (first.size() > kShown) first.pop_back();
}

void OutcomeList::on_row_finished(const domain::Outcome& outcome) {
  if (outcome.kind == domain::OutcomeKind::unjudged) unjudged_.add(outcome);
  if (outcome.kind == domain::OutcomeKind::skipped) skipped_.add(outcome);
}

std::string OutcomeList::render(const words::Phrasebook& phrasebook, std::size_t columns) const {
  const Texts& words = texts(phrasebook.language());
  if (columns == 0) columns = std::numeric_limits<std::size_t>::max();
  std::string text;
  const auto add_line = [&](const std::string& line) { text += shorten(line, columns) + "\n"; };
  const auto add_list = [&](const List& list, std::string_view one, std::string_view many) {
    if (list.total == 0) return;
    add_line(list.total == 1 ? std::string(one) : fmt::format(fmt::runtime(many), grouped(list.total)));
    const std::size_t digits = fmt::formatted_size("{}", list.first.back().number);
    std::size_t names = 0;
    for (const Item& item : list.first) names = std::max(names, display_width(item.identifier));
    for (const Item& item : list.first) {
      std::string line =
          "  " + fmt::format(fmt::runtime(words.row), fmt::format("{:>{}}", item.number, digits));
      if (names != 0)
        line += "  " + item.identifier + std::string(names - display_width(item.identifier), ' ');
      line += "  ";
      line += item.reason.empty() ? std::string(words.no_reason) : phrasebook.translate(item.reason);
      add_line(line);
    }
    const std::uint64_t others = list.total - list.first.size();
    if (others > 0) add_line("  " + fmt::format(fmt::runtime(words.and_more), grouped(others)));
  };
  add_list(unjudged_, words.one_row_unjudged, words.rows_unjudged);
  add_list(skipped_, words.one_row_skipped, words.rows_skipped);
  return text;
}

}  // namespace sv::report
