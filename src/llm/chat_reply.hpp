// A provider's HTTP reply → what the model said, or what went wrong. Pure; everything in a reply is
// untrusted.
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "domain/usage.hpp"
#include "ports/http_transport.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sv::llm {

// A reply's JSON may be nested no deeper than this and hold no more bytes; real ones take a few kilobytes.
inline constexpr std::size_t kMaxReplyDepth = 32;
inline constexpr std::size_t kMaxReplyBytes = std::size_t{4} << 20U;

struct ChatReply {
  std::string content;  // message.content, verbatim
  std::string model;    // as the provider reports it; empty when it does not
};

// What a reply says of the tier that it is billed at.
enum class BilledTier : std::uint8_t { not_told, flex, other };

struct ChatResult {
  Result<ChatReply> reply;
  domain::Usage usage;  // also of a reply that cannot be used: it was paid for
  // Set with bad_request: the parameter that the provider names, if it does. The message is in reply.error().
  std::string refused_parameter;
  // The provider's own words, whole, for finding out what it refuses. Never shown.
  std::string refusal_text;
  BilledTier tier = BilledTier::not_told;
  // The flex tier has no room now: the request was neither worked on nor billed.
  bool is_flex_unavailable = false;
};

// Reads any reply: 200 by the finish_reason table (openai-api.md §2.1), everything else by the error table
// (§3). `wall_now` is for `Retry-After` dates. Error messages hold at most 200 characters of the provider's
// message, made safe to show; the caller takes out its key.
ChatResult read_chat_reply(const ports::HttpResponse& response, WallTime wall_now);

}  // namespace sv::llm
