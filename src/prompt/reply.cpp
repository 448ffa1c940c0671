#include "prompt/reply.hpp"

#include "base/text.hpp"
#include "prompt/verdict_reader.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <string>

namespace sv::prompt {

namespace {

constexpr std::string_view kThinkBegin = "<think>";
constexpr std::string_view kThinkEnd = "</think>";
constexpr std::string_view kJsonSpace = " \t\r\n";

std::unexpected<Error> unusable(std::string_view flaw) {
  return fail(ErrorKind::invalid_reply, fmt::format("the model's reply is not a verdict: {}", flaw));
}

// Where the next JSON object begins: a brace that is followed by a key or by the closing brace. Braces of
// prose
// ("{see above}") are not meant.
std::size_t find_object(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('{', from); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::size_t next = text.find_first_not_of(kJsonSpace, at + 1);
    if (next == std::string_view::npos) return std::string_view::npos;
    if (text[next] == '"' || text[next] == '}') return at;
    at = next - 1;  // so that a megabyte of blanks after each brace is walked once
  }
  return std::string_view::npos;
}

}  // namespace

Result<domain::Verdict> parse_reply(std::string_view content, RowCode code) {
  if (content.size() > kMaxReplyBytes)
    return unusable(fmt::format("it has more than {} bytes", kMaxReplyBytes));
  std::string_view text = trim(content);
  if (text.empty()) return unusable("it is empty");
  if (text.starts_with(kThinkBegin)) {
    // The first end, not the last: a later one may be a quotation from the row inside the verdict.
    const std::size_t end = text.find(kThinkEnd);
    if (end == std::string_view::npos) return unusable("it ends while the model is thinking");
    text.remove_prefix(end + kThinkEnd.size());
  }

  const std::size_t begin = find_object(text, 0);
  if (begin == std::string_view::npos) return unusable("it has no JSON object");
  text.remove_prefix(begin);
  boost::json::parse_options options;
  options.max_depth = kMaxReplyDepth;
  boost::json::basic_parser<VerdictReader> parser(options);
  boost::json::error_code broken;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), broken);
  if (broken) {
    // An object that does not parse ends the matter. To look inside it for another one would find what the
    // model quoted from the row: with a forgotten backslash that may be a ready verdict.
    const std::string_view flaw = parser.handler().flaw();
    if (!flaw.empty()) return unusable(flaw);
    return unusable(fmt::format("its JSON is broken or too deep near byte {}", begin + consumed));
  }
  if (find_object(text, consumed) != std::string_view::npos)
    return unusable("it holds more than one JSON object");
  // Last: what is no verdict at all says more of itself.
  if (!code.is_repeated_by(parser.handler().row_code())) {
    return unusable("it does not repeat the code of its row, so it may have been copied from one");
  }
  return parser.handler().take_verdict();
}

std::string without_row_code(std::string content) {
  constexpr std::string_view kKey = R"("row_code")";
  // Within a string the quotes would be escaped, so what is followed by a colon is the key.
  for (std::size_t at = content.find(kKey); at != std::string::npos; at = content.find(kKey, at + 1)) {
    std::size_t end = content.find_first_not_of(kJsonSpace, at + kKey.size());
    if (end == std::string::npos || content[end] != ':') continue;
    end = content.find_first_not_of(kJsonSpace, end + 1);
    if (end == std::string::npos) break;
    // The digits, in quotes or without.
    end = content[end] == '"' ? content.find('"', end + 1) : content.find_first_of(",} \t\r\n", end) - 1;
    if (end == std::string::npos) break;
    end = content.find_first_not_of(kJsonSpace, end + 1);
    if (end == std::string::npos) break;
    if (content[end] == ',') {
      end = content.find_first_not_of(kJsonSpace, end + 1);
      if (end == std::string::npos) break;
    } else if (const std::size_t before = content.find_last_not_of(kJsonSpace, at - 1);
               before != std::string::npos && content[before] == ',') {
      at = before;  // it was the last
    }
    content.erase(at, end - at);
    break;
  }
  return content;
}

}  // namespace sv::prompt
