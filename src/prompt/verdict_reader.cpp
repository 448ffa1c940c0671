#include "prompt/verdict_reader.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"
#include "prompt/reply.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sv::prompt {

namespace {

// At most kMaxTextCharacters of it and no NUL, which some consumers of sheets take for the end of the text.
std::string clean(std::string text) {
  std::erase(text, '\0');
  if (text.size() <= kMaxTextCharacters) return text;  // as many bytes as characters, at most
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (starts_character && ++characters > kMaxTextCharacters) {
      text.resize(at);
      break;
    }
  }
  return text;
}

std::string trimmed(const std::string& text) { return std::string(trim(text)); }

std::optional<std::string> unless_blank(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

domain::Severity severity_of(std::string_view text) {
  const std::string name = fold_case(text);
  if (name == "minor") return domain::Severity::minor;
  if (name == "critical") return domain::Severity::critical;
  return domain::Severity::major;
}

std::string_view as_std(boost::json::string_view text) { return {text.data(), text.size()}; }

}  // namespace

bool VerdictReader::stop(std::string_view flaw, Code& code) {
  flaw_ = flaw;
  code = boost::json::error::syntax;
  return false;
}

bool VerdictReader::check(ValueType type, Code& code) {
  if (scopes_.empty()) {
    SV_ASSERT(type == ValueType::object, "parse_reply() begins where an object begins");
    return true;
  }
  switch (scopes_.back()) {
    case Scope::verdict:
      if (key_ == Key::is_valid && type != ValueType::boolean) {
        return stop("is_valid must be true or false without quotes", code);
      }
      if (key_ == Key::issues && type != ValueType::array) return stop("issues must be an array", code);
      return true;
    case Scope::issues:
      if (type != ValueType::text && type != ValueType::object) {
        return stop("each of the issues must be an object or a string", code);
      }
      return true;
    case Scope::issue:
      if (key_ == Key::message && type != ValueType::text)
        return stop("the message of an issue must be a string", code);
      return true;
    case Scope::ignored:
      return true;
  }
  return true;
}

bool VerdictReader::on_object_begin(Code& code) {
  if (!check(ValueType::object, code)) return false;
  if (scopes_.empty()) {
    scopes_.push_back(Scope::verdict);
  } else if (scopes_.back() == Scope::issues) {
    scopes_.push_back(Scope::issue);
    issue_ = {};
    issue_has_message_ = false;
  } else {
    scopes_.push_back(Scope::ignored);
  }
  return true;
}

bool VerdictReader::on_object_end(std::size_t /*members*/, Code& code) {
  const Scope closed = scopes_.back();
  scopes_.pop_back();
  if (closed == Scope::issue) {
    if (!issue_has_message_) return stop("an issue has no message", code);
    add_issue(std::exchange(issue_, {}));
  }
  if (closed == Scope::verdict) {
    if (!has_is_valid_) return stop("is_valid is missing", code);
    if (!has_issues_) return stop("issues are missing", code);
  }
  return true;
}

bool VerdictReader::on_array_begin(Code& code) {
  if (!check(ValueType::array, code)) return false;
  const bool is_the_list = scopes_.back() == Scope::verdict && key_ == Key::issues;
  scopes_.push_back(is_the_list ? Scope::issues : Scope::ignored);
  return true;
}

bool VerdictReader::on_array_end(std::size_t /*elements*/, Code& /*code*/) {
  scopes_.pop_back();
  return true;
}

bool VerdictReader::on_key_part(Text part, std::size_t /*size*/, Code& /*code*/) {
  key_text_.append(part.data(), part.size());
  return true;
}

bool VerdictReader::on_key(Text rest, std::size_t /*size*/, Code& code) {
  key_text_.append(rest.data(), rest.size());
  const std::string_view name = key_text_;
  key_ = Key::other;
  if (scopes_.back() == Scope::verdict) {
    if (name == "row_code") key_ = Key::row_code;
    if (name == "is_valid") key_ = Key::is_valid;
    if (name == "issues") key_ = Key::issues;
    if (name == "rewrite_suggestion") key_ = Key::rewrite_suggestion;
  } else if (scopes_.back() == Scope::issue) {
    if (name == "message") key_ = Key::message;
    if (name == "rule") key_ = Key::rule;
    if (name == "severity") key_ = Key::severity;
    if (name == "quote") key_ = Key::quote;
  }
  key_text_.clear();
  // Of two values one may have been copied from the row, and nothing says which.
  if (key_ == Key::row_code && std::exchange(has_row_code_, true)) return stop("row_code stands twice", code);
  if (key_ == Key::is_valid && std::exchange(has_is_valid_, true)) return stop("is_valid stands twice", code);
  if (key_ == Key::issues && std::exchange(has_issues_, true)) return stop("issues stand twice", code);
  return true;
}

bool VerdictReader::on_string_part(Text part, std::size_t /*size*/, Code& /*code*/) {
  text_.append(part.data(), part.size());
  return true;
}

bool VerdictReader::on_string(Text rest, std::size_t /*size*/, Code& code) {
  text_.append(rest.data(), rest.size());
  std::string text = std::exchange(text_, {});
  if (!check(ValueType::text, code)) return false;
  take_text(std::move(text));
  return true;
}

void VerdictReader::take_text(std::string text) {
  const Scope scope = scopes_.back();
  if (scope == Scope::issues) {
    domain::Issue issue;
    issue.message = clean(std::move(text));
    add_issue(std::move(issue));
    return;
  }
  if (scope == Scope::ignored) return;  // an element of an array under a key that we know
  switch (key_) {
    case Key::row_code:
      row_code_ = std::move(text);
      return;
    case Key::rewrite_suggestion:
      verdict_.rewrite_suggestion = is_blank(text) ? std::string() : clean(std::move(text));
      return;
    case Key::message:
      issue_.message = clean(std::move(text));
      issue_has_message_ = true;
      return;
    case Key::rule:
      issue_.rule = unless_blank(trimmed(clean(std::move(text))));
      return;
    case Key::severity:
      issue_.severity = severity_of(text);
      return;
    case Key::quote:
      issue_.quote = is_blank(text) ? std::nullopt : unless_blank(clean(std::move(text)));
      return;
    default:  // a text under any other key says nothing
      return;
  }
}

bool VerdictReader::on_number_part(Text part, Code& /*code*/) {
  text_.append(part.data(), part.size());
  return true;
}

bool VerdictReader::number(Text rest, Code& code) {
  std::string digits = std::exchange(text_, {});
  digits.append(as_std(rest));
  if (!check(ValueType::number, code)) return false;
  if (scopes_.back() == Scope::verdict && key_ == Key::row_code) row_code_ = digits;
  // "rule": 3.10 means the rule of that name; as it is written, since a double would make it 3.1.
  if (scopes_.back() == Scope::issue && key_ == Key::rule) issue_.rule = clean(std::move(digits));
  return true;
}

bool VerdictReader::on_bool(bool value, Code& code) {
  if (!check(ValueType::boolean, code)) return false;
  if (scopes_.back() == Scope::verdict && key_ == Key::is_valid) verdict_.is_valid = value;
  return true;
}

bool VerdictReader::on_null(Code& code) { return check(ValueType::null, code); }

void VerdictReader::add_issue(domain::Issue issue) {
  issue.message = trimmed(issue.message);
  if (issue.message.empty() || verdict_.issues.size() >= kMaxIssues) return;
  verdict_.issues.push_back(std::move(issue));
}

}  // namespace sv::prompt
