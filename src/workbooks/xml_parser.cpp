#include "workbooks/xml_parser.hpp"

#include <fmt/format.h>

#include <charconv>
#include <expat.h>

namespace sv::workbooks {

namespace {

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

struct XmlParser::State {
  XML_Parser parser = nullptr;
  XmlHandler* handler = nullptr;
  std::size_t depth = 0;
  std::size_t quiet_bytes = 0;  // since the last event
  std::string_view refusal;     // why the parser was stopped; empty: it was not

  void stop(std::string_view why) {
    refusal = why;
    XML_StopParser(parser, XML_FALSE);
  }
  static void on_start(void* data, const char* name, const char** attributes) {
    auto* state = static_cast<State*>(data);
    state->quiet_bytes = 0;
    if (++state->depth > kDeepest) {
      state->stop("its elements are nested too deep");
      return;
    }
    state->handler->start(local_name(name), XmlAttributes(attributes));
  }
  static void on_end(void* data, const char* name) {
    auto* state = static_cast<State*>(data);
    state->quiet_bytes = 0;
    --state->depth;
    state->handler->end(local_name(name));
  }
  static void on_text(void* data, const char* text, int size) {
    auto* state = static_cast<State*>(data);
    state->quiet_bytes = 0;
    state->handler->text({text, static_cast<std::size_t>(size)});
  }
  static void on_doctype(void* data, const char*, const char*, const char*, int) {
    static_cast<State*>(data)->stop("it declares a document type, which workbooks never do");
  }
};

void XmlParser::Free::operator()(State* state) const {
  XML_ParserFree(state->parser);
  delete state;
}

XmlParser::XmlParser(XmlHandler& handler) : state_(new State()) {
  state_->handler = &handler;
  state_->parser = XML_ParserCreate("UTF-8");
  XML_SetUserData(state_->parser, state_.get());
  XML_SetElementHandler(state_->parser, State::on_start, State::on_end);
  XML_SetCharacterDataHandler(state_->parser, State::on_text);
  XML_SetStartDoctypeDeclHandler(state_->parser, State::on_doctype);
}

Result<void> XmlParser::feed(std::string_view piece) { return parse(piece, false); }
Result<void> XmlParser::finish() { return parse({}, true); }

Result<void> XmlParser::parse(std::string_view piece, bool is_last) {
  // A piece that is longer itself is in memory already.
  state_->quiet_bytes += piece.size();
  if (state_->quiet_bytes > kLongestTag && piece.size() <= kLongestTag) {
    return fail(ErrorKind::invalid_input,
                fmt::format("line {} of its XML: a tag is longer than {} MB",
                            XML_GetCurrentLineNumber(state_->parser), kLongestTag >> 20U));
  }
  const XML_Status status =
      XML_Parse(state_->parser, piece.data(), static_cast<int>(piece.size()), is_last ? XML_TRUE : XML_FALSE);
  if (status == XML_STATUS_OK) return {};
  const std::string_view why = state_->refusal.empty()
                                   ? std::string_view(XML_ErrorString(XML_GetErrorCode(state_->parser)))
                                   : state_->refusal;
  return fail(ErrorKind::invalid_input,
              fmt::format("line {} of its XML: {}", XML_GetCurrentLineNumber(state_->parser), why));
}

std::optional<std::string_view> XmlAttributes::find(std::string_view name) const {
  for (const char** pair = list_; *pair != nullptr; pair += 2) {
    if (local_name(pair[0]) == name) return std::string_view(pair[1]);
  }
  return std::nullopt;
}

std::optional<std::size_t> XmlAttributes::number(std::string_view name) const {
  const std::string_view digits = text(name);
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace sv::workbooks
