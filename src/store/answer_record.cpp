#include "store/answer_record.hpp"

#include "base/hash.hpp"

#include <array>
#include <charconv>
#include <span>

namespace sv::store {

namespace {

// Gathers what a checksum covers; a field cannot flow into the next one unnoticed.
class ChecksumFields {
 public:
  void add(std::string_view field) {
    add(static_cast<std::uint64_t>(field.size()));
    // zlib takes an empty view without an address for "begin anew".
    if (!field.empty()) crc_ = crc32(field, crc_);
  }
  void add(std::uint64_t number) {
    std::array<char, 8> bytes{};
    for (char& byte : bytes) {
      byte = static_cast<char>(number & 0xFFU);
      number >>= 8U;
    }
    crc_ = crc32(std::string_view(bytes.data(), bytes.size()), crc_);
  }
  std::uint32_t sum() const { return crc_; }

 private:
  std::uint32_t crc_ = 0;
};

void append_netstring(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
  out += ',';
}

void append_optional(std::string& out, const std::optional<std::string>& text) {
  if (text) {
    append_netstring(out, *text);
  } else {
    out += "-,";
  }
}

std::optional<std::string> take_netstring(std::string_view& text) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  if (length >= text.size() || text[length] != ',') return std::nullopt;
  std::string value(text.substr(0, length));
  text.remove_prefix(length + 1);
  return value;
}

// False when the field cannot be read.
bool take_optional(std::string_view& text, std::optional<std::string>& value) {
  if (text.starts_with("-,")) {
    text.remove_prefix(2);
    return true;
  }
  value = take_netstring(text);
  return value.has_value();
}

}  // namespace

std::string encode_issues(const std::vector<domain::Issue>& issues) {
  std::string out;
  for (const domain::Issue& issue : issues) {
    out += static_cast<char>('0' + static_cast<int>(issue.severity));
    append_netstring(out, issue.message);
    append_optional(out, issue.rule);
    append_optional(out, issue.quote);
  }
  return out;
}

std::optional<std::vector<domain::Issue>> decode_issues(std::string_view text) {
  std::vector<domain::Issue> issues;
  while (!text.empty()) {
    domain::Issue issue;
    if (text.front() < '0' || text.front() > '2') return std::nullopt;
    issue.severity = static_cast<domain::Severity>(text.front() - '0');
    text.remove_prefix(1);
    std::optional<std::string> message = take_netstring(text);
    if (!message) return std::nullopt;
    issue.message = std::move(*message);
    if (!take_optional(text, issue.rule) || !take_optional(text, issue.quote)) return std::nullopt;
    issues.push_back(std::move(issue));
  }
  return issues;
}

std::uint32_t checksum(std::string_view key, const AnswerRecord& record) {
  ChecksumFields fields;
  fields.add(key);
  fields.add(record.run);
  fields.add(static_cast<std::uint64_t>(record.answered_at_ms));
  fields.add(record.provider);
  fields.add(record.model);
  fields.add(record.usage.input);
  fields.add(record.usage.cached_input);
  fields.add(record.usage.cache_write);
  fields.add(record.usage.output);
  fields.add(record.usage.reasoning);
  fields.add(static_cast<std::uint64_t>(record.is_valid ? 1 : 0));
  fields.add(record.issues);
  fields.add(record.rewrite);
  fields.add(record.raw_json);
  return fields.sum();
}

AnswerRecord to_record(const domain::Answer& answer, std::string_view issues, std::string_view run) {
  return AnswerRecord{.run = run,
                      .answered_at_ms = answer.answered_at.time_since_epoch().count(),
                      .provider = answer.provider,
                      .model = answer.model,
                      .usage = answer.usage,
                      .is_valid = answer.verdict.is_valid,
                      .issues = issues,
                      .rewrite = answer.verdict.rewrite_suggestion,
                      .raw_json = answer.raw_json};
}

std::optional<domain::Answer> to_answer(const AnswerRecord& record) {
  std::optional<std::vector<domain::Issue>> issues = decode_issues(record.issues);
  if (!issues) return std::nullopt;
  domain::Answer answer;
  answer.verdict.is_valid = record.is_valid;
  answer.verdict.issues = std::move(*issues);
  answer.verdict.rewrite_suggestion = record.rewrite;
  answer.raw_json = record.raw_json;
  answer.usage = record.usage;
  answer.provider = record.provider;
  answer.model = record.model;
  answer.answered_at = WallTime(std::chrono::milliseconds(record.answered_at_ms));
  return answer;
}

}  // namespace sv::store
