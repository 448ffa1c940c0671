// What columns are usually called, in English and Russian: one table per role, the more usual (or more
// telling) first.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>

namespace sv::tables {

struct UsualHeaders {
  std::string_view role;  // for messages
  // Whole names, folded, words separated by one space.
  std::span<const std::string_view> names;
  // Beginnings of words: a header with one of them is taken when no whole name is there. Left empty where a
  // wrong guess does harm: a wrong identifier would join rows that do not belong together.
  std::span<const std::string_view> word_beginnings;
};

extern const UsualHeaders kUsualStatus;
extern const UsualHeaders kUsualComment;
extern const UsualHeaders kUsualCompletionDate;
extern const UsualHeaders kUsualIdentifier;
extern const UsualHeaders kUsualProjectManager;

inline constexpr std::size_t kNotUsual = std::numeric_limits<std::size_t>::max();

// How good a guess the header is: 0 is the best, kNotUsual none. `folded_header` is trimmed and case-folded.
std::size_t rank_of(std::string_view folded_header, const UsualHeaders& usual);

}  // namespace sv::tables
