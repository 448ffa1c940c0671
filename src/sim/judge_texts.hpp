// What the simulated judge says, in both languages.
#pragma once

#include "domain/language.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sv::sim {

// `{}` stands for what the text is about: a status, a date, a section, a number.
enum class Remark : std::uint8_t {
  status_missing,
  status_unknown,
  status_unknown_similar,
  comment_empty,
  comment_placeholder,
  addresses_reviewer,
  date_missing,
  date_unreadable,
  date_form,
  date_past,
  date_future,
  section_missing,
  sections_missing,
  section_empty,
  section_order,
  section_line,
  section_no_date,
  section_no_owner,
  section_no_fact,
  empty_phrase,
  exclamation,
  too_short,
  too_long,
  contradiction,
  work_left,
  no_reason,
  no_figure,
  no_owner,
  no_next_step,
  wrong_language,
  // Parts of a rewrite.
  add_section,
  add_fact,
  add_day,
  add_owner,
  add_reason,
  add_comment,
  add_detail,
  make_concrete,
};

std::string remark(Remark which, domain::Language language, std::string_view first = {},
                   std::string_view second = {});

}  // namespace sv::sim
