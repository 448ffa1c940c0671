#include "config/yaml_tree.hpp"

#include "base/text.hpp"
#include "config/yaml_builder.hpp"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace sv::config {

namespace {

// What yaml-cpp says, and what helps.
struct Translation {
  std::string_view library;  // how the library's message begins
  std::string_view message;
  std::string_view suggestion;
};

// Not constexpr: the library's texts are pointers that are fixed at run time only.
const std::array kTranslations = std::to_array<Translation>({
    {YAML::ErrorMsg::MAP_VALUE, "a ':' is not expected here",
     "check the indentation of this line and the ': ' (with a space) of the line before; a text that holds "
     "': ' "
     "needs quotes"},
    {YAML::ErrorMsg::MAP_KEY, "a key is not expected here", "check the indentation"},
    {YAML::ErrorMsg::END_OF_MAP, "a key is expected here", "check the indentation and the quotes before it"},
    {YAML::ErrorMsg::END_OF_SEQ, "a list item ('- …') is expected here", "check the indentation"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a list item is not expected here", "check the indentation"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot begin with this character", "put the value in quotes"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "the alias names an anchor that does not stand before it",
     "quote the value if it is meant to begin with '*'"},
    {YAML::ErrorMsg::FLOW_END, "this bracket closes nothing", ""},
});

void report_syntax(const YAML::Exception& failure, const TreeBuilder& builder, MistakeCollector& mistakes) {
  const Place place = builder.place_of(failure.mark);
  const std::string_view line = mistakes.source().line(place.line);
  const std::size_t tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
  if (tab != std::string_view::npos) {
    mistakes.add(mistakes.source().place_at(mistakes.source().offset_of_line(place.line) + tab),
                 "a tab cannot be used for indentation", "use spaces");
    return;
  }
  if (failure.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW || failure.msg == YAML::ErrorMsg::END_OF_MAP_FLOW) {
    mistakes.add(builder.open_bracket().value_or(place), "this bracket is never closed",
                 "close it, or put a ',' between its items");
    return;
  }
  if (failure.msg.starts_with(YAML::ErrorMsg::INVALID_ESCAPE) ||
      failure.msg.starts_with(YAML::ErrorMsg::INVALID_HEX) ||
      failure.msg.starts_with(YAML::ErrorMsg::INVALID_UNICODE)) {
    // yaml-cpp points behind what it could not read.
    const std::string_view text = mistakes.source().text();
    const std::size_t backslash = text.rfind('\\', static_cast<std::size_t>(std::max(failure.mark.pos, 0)));
    mistakes.add(backslash == std::string_view::npos ? place : mistakes.source().place_at(backslash),
                 "unknown escape in a double-quoted text", "use single quotes for texts with backslashes");
    return;
  }
  const auto known = std::ranges::find_if(
      kTranslations, [&](const Translation& t) { return failure.msg.starts_with(t.library); });
  if (known != kTranslations.end()) {
    mistakes.add(place, std::string(known->message), std::string(known->suggestion));
    return;
  }
  mistakes.add(place, "not valid YAML: " + failure.msg);
}

// What would make yaml-cpp read something else than what people see, or take long.
bool is_plain_text(MistakeCollector& mistakes) {
  const SourceText& source = mistakes.source();
  const std::string_view text = source.text();
  if (const auto broken = find_invalid_utf8(text)) {
    mistakes.add(source.place_at(*broken),
                 fmt::format("not UTF-8 text: byte 0x{:02x}", static_cast<unsigned char>(text[*broken])),
                 "save the file as UTF-8");
    return false;
  }
  const auto control = std::ranges::find_if(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
  });
  if (control != text.end()) {
    const auto offset = static_cast<std::size_t>(control - text.begin());
    mistakes.add(source.place_at(offset),
                 fmt::format("a control character (0x{:02x})", static_cast<unsigned char>(*control)),
                 "delete it");
    return false;
  }
  for (std::size_t number = 1; number <= source.line_count(); ++number) {
    if (source.line(number).size() <= kMaxYamlLineBytes) continue;
    mistakes.add(Place{.line = static_cast<std::uint32_t>(number), .column = 1},
                 fmt::format("the line is longer than {} bytes", kMaxYamlLineBytes),
                 "write a long text as a block ('rules_text: |'), or give it as a file (rules_file)");
    return false;
  }
  std::size_t marks = 0;
  for (std::size_t offset = 0; offset < text.size(); ++offset) {
    const char c = text[offset];
    if ((c != '[' && c != '{' && c != ',') || ++marks <= kMaxYamlMarks) continue;
    mistakes.add(source.place_at(offset), fmt::format("more than {} brackets and commas", kMaxYamlMarks),
                 "settings are far smaller; keep a long rulebook in a file of its own (rules_file)");
    return false;
  }
  return true;
}

}  // namespace

std::optional<YamlTree> parse_yaml(MistakeCollector& mistakes) {
  if (!is_plain_text(mistakes)) return std::nullopt;
  std::istringstream stream{std::string(mistakes.source().text())};
  std::optional<YamlTree> tree(std::in_place);
  TreeBuilder builder(*tree, mistakes);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& failure) {
    report_syntax(failure, builder, mistakes);
    return std::nullopt;
  } catch (const YamlStop& stop) {
    mistakes.add(stop.place, stop.message, stop.suggestion);
    return std::nullopt;
  }
  return tree;
}

}  // namespace sv::config
