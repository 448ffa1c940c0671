// Real messages with the numbers of tokens that OpenAI's tokenizers make of them (tests/cost/data/README.md).
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace sv::support {

struct CountedMessage {
  std::string kind;  // "prefix", "ru", "en"
  std::uint64_t o200k = 0;
  std::uint64_t cl100k = 0;
  std::string text;
};

inline std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    ++i;
    plain += text[i] == 'n' ? '\n' : (text[i] == 't' ? '\t' : text[i]);
  }
  return plain;
}

// All of the file, in its order; empty when it cannot be read.
inline const std::vector<CountedMessage>& counted_messages() {
  static const std::vector<CountedMessage> messages = [] {
    std::ifstream file(std::string(SV_SOURCE_DIR) + "/tests/cost/data/counted_messages.tsv");
    std::vector<CountedMessage> all;
    for (std::string line; std::getline(file, line);) {
      std::istringstream fields(line);
      CountedMessage message;
      fields >> message.kind >> message.o200k >> message.cl100k;
      fields.get();  // the tab
      std::string text;
      std::getline(fields, text);
      message.text = unescaped(text);
      all.push_back(std::move(message));
    }
    return all;
  }();
  return messages;
}

// The message without the random mark of its fence, as the client reckons it.
inline std::string without_mark(std::string text) {
  for (const std::string begin : {"<<<ROW ", "<<<END "}) {
    const std::size_t at = text.find(begin) + begin.size();
    text.erase(at, text.find(">>>", at) - at);
  }
  return text;
}

}  // namespace sv::support
