// XML in pieces, as events: what workbooks need of it. Names come without their prefix (`x:row` is `row`).
//
// Not trusted: a document type declaration (and with it every entity of one's own) is refused, elements may
// not be nested without end, and no tag may be long without end: it would be kept in memory as a whole and
// looked at anew with each piece.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sv::workbooks {

// Of the element that begins; valid during XmlHandler::start() only.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** list) : list_(list) {}
  // By its name without prefix.
  std::optional<std::string_view> find(std::string_view name) const;
  // Empty when it is not there.
  std::string_view text(std::string_view name) const { return find(name).value_or(std::string_view()); }
  // Digits; nothing when it is not there or is none.
  std::optional<std::size_t> number(std::string_view name) const;

 private:
  const char** list_;
};

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void start(std::string_view element, const XmlAttributes& attributes) = 0;
  virtual void end(std::string_view element) = 0;
  virtual void text(std::string_view text) = 0;
};

class XmlParser {
 public:
  static constexpr std::size_t kDeepest = 256;
  // The longest attribute of a real workbook is a cell's text, 32,767 characters.
  static constexpr std::size_t kLongestTag = std::size_t{4} << 20U;

  // `handler` outlives the parser.
  explicit XmlParser(XmlHandler& handler);
  // invalid_input with the line: the text is no XML, or out of bounds.
  Result<void> feed(std::string_view piece);
  Result<void> finish();

 private:
  struct State;
  struct Free {
    void operator()(State* state) const;
  };
  Result<void> parse(std::string_view piece, bool is_last);

  std::unique_ptr<State, Free> state_;
};

}  // namespace sv::workbooks
