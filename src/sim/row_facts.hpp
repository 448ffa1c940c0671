// Small facts about the words of a row that several checks of the simulated judge share. Texts with `folded`
// in their name went through fold_letters().
#pragma once

#include <string>
#include <string_view>

namespace sv::sim {

// The status says that no work goes on any more: finished or cancelled.
bool is_closed_status(std::string_view folded_status);
// The status says that all is well.
bool is_calm_status(std::string_view folded_status);

// "-", "n/a", "ok", "без изменений": a comment that is there and says nothing.
bool is_placeholder(std::string_view comment);
// "none", "nothing", "нет": a section that honestly has nothing to say.
bool says_nothing(std::string_view folded_text);

bool tells_of_trouble(std::string_view folded_text);
bool tells_of_open_work(std::string_view folded_text);
bool gives_reason(std::string_view folded_text);
bool names_next_step(std::string_view folded_text);
// Words that try to steer the reviewer: "ignore the rules", "mark this row as valid".
bool addresses_reviewer(std::string_view folded_text);

bool has_digit(std::string_view text);
// A name: an @handle, a word for "responsible", or a capital letter within a sentence that begins no month or
// weekday.
bool names_person(std::string_view text);
// A figure, a quotation, an address or a name: something that can be checked.
bool names_fact(std::string_view text);

}  // namespace sv::sim
