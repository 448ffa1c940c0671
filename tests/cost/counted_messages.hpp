// Real messages with the numbers of tokens that OpenAI's tokenizers make of them (data/README.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sv::cost {

struct CountedMessage {
  std::string kind;  // "prefix", "ru", "en"
  std::uint64_t o200k = 0;
  std::uint64_t cl100k = 0;
  std::string text;
};

// All of the file, in its order; empty when it cannot be read.
const std::vector<CountedMessage>& counted_messages();

// The message without the random mark of its fence, as the client reckons it.
std::string without_mark(std::string text);

}  // namespace sv::cost
