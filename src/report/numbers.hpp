// Figures as people read them.
#pragma once

#include "base/time.hpp"
#include "domain/language.hpp"
#include "domain/money.hpp"

#include <cstdint>
#include <string>

namespace sv::report {

using domain::Language;

// "1 234 567", grouped by narrow no-break spaces (U+202F): read alike in every language, and a line never
// breaks there.
std::string grouped(std::uint64_t number);

// Three digits or so: "845", "84.5k", "1.2M"; Russian "84,5 тыс.", "1,2 млн".
std::string compact(std::uint64_t number, Language language);

// Two units at most: "0 s", "850 ms", "2.4 s", "59 s", "1 min 05 s", "2 h 03 min", "3 d 04 h"; in Russian
// "850 мс", "2,4 с", … Negative durations are shown as zero.
std::string duration_text(Duration duration, Language language);

// The same without parts of a second, rounded up: for times that are only guessed.
std::string rough_duration_text(Duration duration, Language language);

// "43.2 %"; exactly "0 %" and "100 %" only for nothing and everything.
std::string percent(double share, Language language);

// "$12.34", "$0.0042", "12,34 RUB": two digits after the point, or two that are not zero for less than ten
// cents; "$0" for nothing.
std::string money_text(const domain::Money& amount, Language language);

// A rate: "0.52", "7.4", "84", "12 300".
std::string rate_text(double per_second, Language language);

}  // namespace sv::report
