// HTTP dates: RFC 9110 section 5.6.7.
//
//   IMF-fixdate  Sun, 06 Nov 1994 08:49:37 GMT
//   RFC 850      Sunday, 06-Nov-94 08:49:37 GMT
//   asctime      Sun Nov  6 08:49:37 1994
//
// Parsed by hand: strptime() follows the process's locale, and a Russian one knows no "Nov". The name of the
// weekday is not checked against the date.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace sv::limits {

// `now` is needed because RFC 850 years have two digits: one that looks more than 50 years ahead is the last
// century's.
std::optional<WallTime> parse_http_date(std::string_view text, WallTime now);

}  // namespace sv::limits
