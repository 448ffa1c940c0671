// Reads the JSON of a verdict as events: no tree is built, and what a tree would hide (a key that stands
// twice) is seen. Internal to this room: the users' door is reply.hpp.
#pragma once

#include "domain/verdict.hpp"

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sv::prompt {

// A handler for boost::json::basic_parser. Where it stands is a stack of scopes:
//
//   document ─ { ─▶ verdict ─ "issues": [ ─▶ issues ─ { ─▶ issue ─ any other [ or { ─▶ ignored ─▶ ignored …
//
// The first mistake that makes the reply unusable stops the parser with flaw() set. Names of handler members
// are Boost's.
class VerdictReader {
 public:
  VerdictReader() { scopes_.reserve(kScopesReserved); }

  // What is wrong, empty when nothing is (then the JSON itself may be broken: ask the parser).
  std::string_view flaw() const { return flaw_; }
  // As the reply has it; empty when it has none.
  std::string_view row_code() const { return row_code_; }
  domain::Verdict take_verdict() { return std::move(verdict_); }

  using Code = boost::json::error_code;
  using Text = boost::json::string_view;
  static constexpr std::size_t max_object_size = SIZE_MAX;  // the reply's own size is the bound
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code& code);
  bool on_object_end(std::size_t, Code& code);
  bool on_array_begin(Code& code);
  bool on_array_end(std::size_t, Code&);
  bool on_key_part(Text part, std::size_t, Code&);
  bool on_key(Text rest, std::size_t, Code& code);
  bool on_string_part(Text part, std::size_t, Code&);
  bool on_string(Text rest, std::size_t, Code& code);
  bool on_number_part(Text part, Code&);
  bool on_int64(std::int64_t, Text rest, Code& code) { return number(rest, code); }
  bool on_uint64(std::uint64_t, Text rest, Code& code) { return number(rest, code); }
  bool on_double(double, Text rest, Code& code) { return number(rest, code); }
  bool on_bool(bool value, Code& code);
  bool on_null(Code& code);
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

 private:
  enum class Scope : std::uint8_t { verdict, issues, issue, ignored };
  enum class Key : std::uint8_t {
    other,
    row_code,
    is_valid,
    issues,
    rewrite_suggestion,
    message,
    rule,
    severity,
    quote
  };
  enum class ValueType : std::uint8_t { text, number, boolean, null, array, object };

  static constexpr std::size_t kScopesReserved = 17;  // kMaxReplyDepth and one

  bool stop(std::string_view flaw, Code& code);
  // Whether a value of that type may stand here.
  bool check(ValueType type, Code& code);
  bool number(Text rest, Code& code);
  void take_text(std::string text);
  void add_issue(domain::Issue issue);

  std::vector<Scope> scopes_;
  Key key_ = Key::other;
  std::string key_text_;
  std::string text_;
  domain::Issue issue_;
  bool issue_has_message_ = false;
  bool has_row_code_ = false;
  bool has_is_valid_ = false;
  bool has_issues_ = false;
  std::string_view flaw_;
  std::string row_code_;
  domain::Verdict verdict_;
};

}  // namespace sv::prompt
