// How long the other side asks us to wait: the many ways of saying it, read without trusting any of them.
//
// Pure. Every result is between zero and kLongestHint, so that sums cannot overflow; whether a hint is obeyed
// is the retry policy's business.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace sv::limits {

// Longer hints (`Retry-After: 1000000000000`) are given as this.
inline constexpr Duration kLongestHint = std::chrono::hours(24 * 365);

// A duration as rate-limit headers write it: "6ms", "8.64s", "1m30.951s", "6m0s", "17h23m5s", "2d"; units
// from large to small, spaces around are ignored; a bare number is seconds. Nothing for anything else and for
// negative ones (Azure is reported to send -1 as a placeholder).
std::optional<Duration> parse_duration(std::string_view text);

// The headers `retry-after-ms` (milliseconds, fractions allowed) and `Retry-After` (seconds, fractions
// allowed, or an HTTP date). The first wins when it is usable. Nothing for garbage and for negative numbers;
// zero for a date that has passed.
std::optional<Duration> parse_retry_after(std::optional<std::string_view> retry_after_ms,
                                          std::optional<std::string_view> retry_after, WallTime now);

// A hint in the text of an error: `"retryDelay": "32s"` (google.rpc.RetryInfo), else the first of "try again
// in 8.71s", "retry after 6 seconds", "retry in 1m2.5s".
std::optional<Duration> find_try_again(std::string_view message);

}  // namespace sv::limits
