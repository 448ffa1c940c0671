#include "cost/counted_messages.hpp"

#include <fstream>
#include <sstream>

namespace sv::cost {

namespace {

std::string unescaped(const std::string& text) {
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

std::vector<CountedMessage> read_messages() {
  std::ifstream file(std::string(SV_SOURCE_DIR) + "/tests/cost/data/counted_messages.tsv");
  std::vector<CountedMessage> messages;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    CountedMessage message;
    fields >> message.kind >> message.o200k >> message.cl100k;
    fields.get();  // the tab
    std::string text;
    std::getline(fields, text);
    message.text = unescaped(text);
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace

const std::vector<CountedMessage>& counted_messages() {
  static const std::vector<CountedMessage> messages = read_messages();
  return messages;
}

std::string without_mark(std::string text) {
  for (const std::string begin : {"<<<ROW ", "<<<END "}) {
    const std::size_t at = text.find(begin) + begin.size();
    text.erase(at, text.find(">>>", at) - at);
  }
  return text;
}

}  // namespace sv::cost
