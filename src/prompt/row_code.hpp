// Six digits that stand above the row and that the reply must repeat.
//
// Whoever writes a cell may paste a ready reply into it, and a model may hand that back as its own. The cell
// was written before the digits were drawn, so such a reply carries the wrong ones or none, and is no reply
// (security.md §4.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sv::prompt {

class RowCode {
 public:
  // One of a million, from the operating system's generator.
  static RowCode draw();
  // For a reply that another process may read, days later: the same for the same `secret` and `question`.
  // The secret must not be known to those who write the sheet, and needs not be kept from anybody else.
  static RowCode derive(std::string_view secret, std::string_view question);

  // "004217"
  std::string text() const;
  // As a model may write it: a string or a number, which has lost its leading zeros.
  bool is_repeated_by(std::string_view written) const;

  bool operator==(const RowCode&) const = default;

 private:
  explicit RowCode(std::uint32_t digits) : digits_(digits) {}
  std::uint32_t digits_;
};

}  // namespace sv::prompt
