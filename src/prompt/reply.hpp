// A model's reply → Verdict. Everything in a reply is untrusted.
#pragma once

#include "base/error.hpp"
#include "domain/verdict.hpp"
#include "prompt/row_code.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace sv::prompt {

inline constexpr std::size_t kMaxReplyBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxReplyDepth = 16;
inline constexpr std::size_t kMaxIssues = 200;
inline constexpr std::size_t kMaxTextCharacters = 20'000;

// Reads the reply (`message.content`, verbatim). Takes the form of response_schema.hpp, the older one with
// issues as plain strings (marks such as ✅ stay in the text), and the same inside a ```json fence, after a
// `<think>…</think>` prefix, or with text around the one JSON object, as providers without a JSON mode write
// it.
//
// Strict where a mistake could turn a bad row into a valid one: `is_valid` must be there exactly once and be
// a JSON boolean, `row_code` exactly once and be the one of the question, `issues` exactly once and be an
// array of strings or of objects with a `message`; two JSON objects in one reply are no reply, since one of
// them may have been copied from the row. Lenient elsewhere: unknown keys are ignored, an unknown severity is
// major, a missing or null rewrite is empty, blank issues and NUL characters are dropped, texts are cut at
// kMaxTextCharacters.
//
// The only error is ErrorKind::invalid_reply; its message says what is wrong and never quotes the reply.
Result<domain::Verdict> parse_reply(std::string_view content, RowCode code);

// A reply that parse_reply() took, verbatim but for its row_code: what is kept and shown of the same answer
// is then the same, whenever it was asked for.
std::string without_row_code(std::string content);

}  // namespace sv::prompt
