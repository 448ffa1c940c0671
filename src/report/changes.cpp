#include "report/changes.hpp"

#include "base/text.hpp"

#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

namespace sv::report {

namespace {

using ports::RowState;
using ports::RowVerdict;
constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

Change change_between(RowVerdict earlier, RowVerdict now) {
  if (earlier == RowVerdict::none || now == RowVerdict::none) return Change::unknown;
  const bool was_valid = earlier == RowVerdict::valid;
  const bool is_valid = now == RowVerdict::valid;
  if (was_valid) return is_valid ? Change::unchanged : Change::newly_broken;
  return is_valid ? Change::fixed : Change::still_broken;
}

// Pairs rows of two lists by one name for each after the other; who has a partner takes no further part.
class Pairing {
 public:
  Pairing(const std::vector<RowState>& earlier, const std::vector<RowState>& now)
      : earlier_(earlier), now_(now), partner_of_now_(now.size(), kNobody), is_taken_(earlier.size()) {}

  using Name = std::function<std::string(const RowState&)>;

  // Of several rows with the same name the first goes with the first; rows whose name is empty stay apart.
  void pair_in_order(const Name& name) { pair(name, false); }
  void pair_if_unique(const Name& name) { pair(name, true); }

  std::size_t partner_of(std::size_t row) const { return partner_of_now_[row]; }
  bool is_taken(std::size_t earlier) const { return is_taken_[earlier]; }

 private:
  struct Side {
    std::vector<std::size_t> earlier;
    std::size_t used = 0;
    std::size_t now = 0;  // how many rows have the name
  };

  void pair(const Name& name, bool must_be_unique) {
    std::unordered_map<std::string, Side> sides;
    for (std::size_t i = 0; i < earlier_.size(); ++i) {
      if (is_taken_[i]) continue;
      if (std::string key = name(earlier_[i]); !key.empty()) sides[std::move(key)].earlier.push_back(i);
    }
    std::vector<std::pair<std::size_t, Side*>> wanted;
    for (std::size_t i = 0; i < now_.size(); ++i) {
      if (partner_of_now_[i] != kNobody) continue;
      const auto found = sides.find(name(now_[i]));
      if (found == sides.end()) continue;
      ++found->second.now;
      wanted.emplace_back(i, &found->second);
    }
    for (const auto& [row, side] : wanted) {
      if (side->used == side->earlier.size()) continue;
      if (must_be_unique && (side->now > 1 || side->earlier.size() > 1)) continue;
      const std::size_t partner = side->earlier[side->used++];
      partner_of_now_[row] = partner;
      is_taken_[partner] = true;
    }
  }

  const std::vector<RowState>& earlier_;
  const std::vector<RowState>& now_;
  std::vector<std::size_t> partner_of_now_;
  std::vector<bool> is_taken_;
};

std::string name_of(const RowState& row) { return fold_case(row.identifier); }

}  // namespace

Changes compare_rows(const std::vector<RowState>& earlier, const std::vector<RowState>& now) {
  Pairing pairing(earlier, now);
  pairing.pair_in_order([](const RowState& row) {
    const std::string name = name_of(row);
    return name.empty() ? std::string() : name + '\n' + row.text_hash;
  });
  pairing.pair_in_order(name_of);
  pairing.pair_if_unique([](const RowState& row) {
    return name_of(row).empty() ? std::string() : fold_case(row.manager) + '\n' + row.text_hash;
  });
  const auto if_nameless = [](const RowState& row, std::string name) {
    return name_of(row).empty() ? std::move(name) : std::string();
  };
  pairing.pair_in_order([&](const RowState& row) { return if_nameless(row, row.text_hash); });
  pairing.pair_in_order([&](const RowState& row) { return if_nameless(row, std::to_string(row.number)); });

  Changes changes;
  changes.rows.reserve(now.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    RowChange& change = changes.rows.emplace_back();
    const std::size_t partner = pairing.partner_of(i);
    if (partner == kNobody) continue;
    const RowState& before = earlier[partner];
    change.change = change_between(before.verdict, now[i].verdict);
    change.is_edited = before.text_hash != now[i].text_hash;
    change.earlier_number = before.number;
    if (name_of(before) != name_of(now[i])) change.earlier_identifier = before.identifier;
  }
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    if (!pairing.is_taken(i)) changes.gone.push_back(earlier[i]);
  }
  return changes;
}

}  // namespace sv::report
