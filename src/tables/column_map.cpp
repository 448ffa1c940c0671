#include "tables/column_map.hpp"

#include "base/text.hpp"
#include "tables/usual_headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sv::tables {

namespace {

constexpr std::size_t kShownColumns = 30;

std::string shown(std::string_view header) { return shorten(sanitize_for_terminal(trim(header)), 40); }

class Mapper {
 public:
  Mapper(std::span<const std::string_view> header, std::string_view where) : header_(header), where_(where) {
    for (const std::string_view name : header) folded_.push_back(fold_case(name));
    is_taken_.resize(header.size());
  }

  void warn_of_repeated_names();
  // Nothing when no name is given or it is not there.
  std::optional<std::size_t> take_named(std::string_view name);
  std::optional<std::size_t> take_guessed(const UsualHeaders& usual, std::string_view name_in_settings);
  std::unexpected<Error> fail_missing(std::string_view role, std::string_view name) const;
  void warn(std::string text) { warnings_.push_back(fmt::format("{}: {}", where_, text)); }
  std::vector<std::string> take_warnings() { return std::move(warnings_); }

 private:
  std::string list_of_columns() const;
  std::optional<std::size_t> nearest(std::string_view name) const;

  std::span<const std::string_view> header_;
  std::string_view where_;
  std::vector<std::string> folded_;
  std::vector<bool> is_taken_;
  std::vector<std::string> warnings_;
};

void Mapper::warn_of_repeated_names() {
  for (std::size_t i = 0; i < folded_.size(); ++i) {
    if (folded_[i].empty()) continue;
    const auto here = folded_.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(folded_.begin(), here, folded_[i]) != here) continue;  // said already
    const auto again = std::find(here + 1, folded_.end(), folded_[i]);
    if (again == folded_.end()) continue;
    warn(fmt::format("column \"{}\" is there twice (columns {} and {}); the first one is used",
                     shown(header_[i]), i + 1, again - folded_.begin() + 1));
  }
}

std::optional<std::size_t> Mapper::take_named(std::string_view name) {
  if (is_blank(name)) return std::nullopt;
  const auto found = std::find(folded_.begin(), folded_.end(), fold_case(name));
  if (found == folded_.end()) return std::nullopt;
  const auto column = static_cast<std::size_t>(found - folded_.begin());
  is_taken_[column] = true;
  return column;
}

std::optional<std::size_t> Mapper::take_guessed(const UsualHeaders& usual,
                                                std::string_view name_in_settings) {
  std::optional<std::size_t> best;
  std::size_t best_rank = kNotUsual;
  std::optional<std::size_t> second;
  for (std::size_t i = 0; i < folded_.size(); ++i) {
    if (is_taken_[i]) continue;
    const std::size_t rank = rank_of(folded_[i], usual);
    if (rank == kNotUsual) continue;
    // Equal names are told as repeated already.
    const bool is_new_name = !best || folded_[i] != folded_[*best];
    if (rank < best_rank) {
      if (is_new_name && best) second = best;
      best = i;
      best_rank = rank;
    } else if (is_new_name && !second) {
      second = i;
    }
  }
  if (!best) return std::nullopt;
  is_taken_[*best] = true;
  if (second) {
    warn(fmt::format(
        "both \"{}\" and \"{}\" may be the {} column; \"{}\" is used (to choose: --column {}=NAME)",
        shown(header_[*best]), shown(header_[*second]), usual.role, shown(header_[*best]), name_in_settings));
  }
  return best;
}

std::string Mapper::list_of_columns() const {
  std::string list;
  std::size_t count = 0;
  for (const std::string_view name : header_) {
    if (is_blank(name)) continue;
    if (count == kShownColumns) return list + ", …";
    if (count > 0) list += ", ";
    list += '"' + shown(name) + '"';
    ++count;
  }
  return count == 0 ? "nothing" : list;
}

// A name that a typing error may have turned into `name`: at most a third of it is different.
std::optional<std::size_t> Mapper::nearest(std::string_view name) const {
  const std::string wanted = fold_case(name);
  std::size_t smallest = std::max<std::size_t>(2, display_width(wanted) / 3) + 1;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < folded_.size(); ++i) {
    // Long cells are no headers that someone meant, and comparing takes length times length.
    if (folded_[i].empty() || folded_[i].size() > 200 || wanted.size() > 200) continue;
    const std::size_t distance = edit_distance(wanted, folded_[i]);
    if (distance >= smallest) continue;
    smallest = distance;
    best = i;
  }
  return best;
}

std::unexpected<Error> Mapper::fail_missing(std::string_view role, std::string_view name) const {
  std::string message;
  if (is_blank(name)) {
    message =
        fmt::format("{}: no column is known to be the {}; the columns are {}; name it with --column {}=NAME",
                    where_, role, list_of_columns(), role);
  } else {
    message = fmt::format("{}: there is no column \"{}\" (the {}); the columns are {}", where_, shown(name),
                          role, list_of_columns());
    if (const auto similar = nearest(name)) {
      message += fmt::format("; did you mean \"{}\"?", shown(header_[*similar]));
    }
  }
  return fail(ErrorKind::invalid_input, std::move(message));
}

struct Role {
  std::string ColumnNames::* name;
  std::string_view setting;
  const UsualHeaders* usual;
};

// The order in which guesses are made: "Status comment" is a comment, "Project status" a status, and so
// neither is left for the ones after it.
constexpr std::array kRoles = {
    Role{&ColumnNames::comment, "comment", &kUsualComment},
    Role{&ColumnNames::status, "status", &kUsualStatus},
    Role{&ColumnNames::completion_date, "completion_date", &kUsualCompletionDate},
    Role{&ColumnNames::project_manager, "project_manager", &kUsualProjectManager},
    Role{&ColumnNames::identifier, "identifier", &kUsualIdentifier},
};

}  // namespace

Result<ColumnMap> map_columns(std::span<const std::string_view> header, const ColumnNames& names, bool guess,
                              std::string_view where) {
  Mapper mapper(header, where);
  mapper.warn_of_repeated_names();
  std::array<std::optional<std::size_t>, kRoles.size()> columns;
  // All given names first: a guess must not take what was given to another role.
  for (std::size_t i = 0; i < kRoles.size(); ++i) columns[i] = mapper.take_named(names.*kRoles[i].name);
  std::string not_found;
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    const std::string& name = names.*kRoles[i].name;
    const bool is_required = kRoles[i].setting == "comment" || kRoles[i].setting == "status";
    if (!columns[i] && guess && is_blank(name)) {
      columns[i] = mapper.take_guessed(*kRoles[i].usual, kRoles[i].setting);
      if (!columns[i] && !is_required) {
        not_found += fmt::format("{}{}", not_found.empty() ? "" : ", ", kRoles[i].usual->role);
      }
    }
    if (columns[i]) continue;
    if (is_required) return mapper.fail_missing(kRoles[i].setting, name);
    if (is_blank(name)) continue;
    mapper.warn(fmt::format("there is no column \"{}\" (the {}); rows are read without it", shown(name),
                            kRoles[i].usual->role));
  }
  if (!not_found.empty())
    mapper.warn(fmt::format("no column looks like: {}; rows are read without", not_found));

  return ColumnMap{.status = *columns[1],
                   .comment = *columns[0],
                   .completion_date = columns[2],
                   .identifier = columns[4],
                   .project_manager = columns[3],
                   .warnings = mapper.take_warnings()};
}

}  // namespace sv::tables
