// A text as it reads: lower case, without what is invisible, full-width letters as plain ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::checks {

class PlainWords {
 public:
  explicit PlainWords(std::string_view text);
  PlainWords(const PlainWords&) = delete;
  PlainWords& operator=(const PlainWords&) = delete;

  const std::string& lowered() const { return lowered_; }
  // Letters, digits and `_` that stand together, in their order.
  const std::vector<std::string_view>& words() const { return words_; }

  std::size_t tag_characters() const { return tags_; }         // U+E0000–E007F: letters that nobody sees
  std::size_t direction_marks() const { return directions_; }  // U+202A–202E, U+2066–2069
  std::size_t zero_width_characters() const { return zero_width_; }

  // One of < [ # _ " |: forms of machines have them, sentences hardly.
  bool has_form_marks() const { return has_form_marks_; }

  // Runs of at least `shortest` letters of Base64 with both cases or digits in them, as they stand in the
  // text.
  std::vector<std::string_view> base64_words(std::size_t shortest) const;

 private:
  void take_words();

  std::string_view text_;
  std::string lowered_;
  std::vector<std::string_view> words_;
  std::size_t tags_ = 0;
  std::size_t directions_ = 0;
  std::size_t zero_width_ = 0;
  bool has_form_marks_ = false;
};

// What Base64 hides when it is a text: nothing when it is not.
std::optional<std::string> decode_base64_text(std::string_view code);

}  // namespace sv::checks
