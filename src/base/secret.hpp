// A secret is kept twice: raw, for the one place that must send it, and redacted, for everything else. It has
// no conversion to text, so it cannot reach a log, a message or a report by accident.
#pragma once

#include <string>
#include <string_view>

namespace sv {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string raw);
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();  // overwrites the bytes

  // For the line that sends it, and for nothing else.
  std::string_view reveal() const { return raw_; }
  // "sk-…a1b2 (51 characters)": enough to recognise, too little to use. Short secrets show nothing.
  const std::string& redacted() const { return redacted_; }
  bool is_empty() const { return raw_.empty(); }

 private:
  std::string raw_;
  std::string redacted_ = "(not set)";
};

}  // namespace sv
