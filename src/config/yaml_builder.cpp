#include "config/yaml_builder.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace sv::config {

namespace {

constexpr std::string_view kCoreTagPrefix = "tag:yaml.org,2002:";
constexpr std::array<std::string_view, 7> kCoreTags = {"str", "int", "float", "bool", "null", "seq", "map"};
constexpr std::size_t kShownKeyColumns = 40;

std::string show_key(std::string_view key) {
  return shorten(sanitize_for_terminal(mask_words(key)), kShownKeyColumns);
}

// The offset just behind the closing quote, or nothing when the text ends before it.
std::optional<std::size_t> end_of_quoted(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t at = begin + 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace

Place TreeBuilder::place_of(const YAML::Mark& mark, std::size_t length_bytes) const {
  const SourceText& source = mistakes_.source();
  const auto line = static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
  const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
  if (line > source.line_count()) return source.place_at(source.text().size());
  return source.place_at(source.offset_of_line(line) + column, length_bytes);
}

std::optional<Place> TreeBuilder::open_bracket() const {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    if (frame->is_flow) return frame->node->place;
  }
  return std::nullopt;
}

void TreeBuilder::count_node(Place place) {
  if (++nodes_ <= kMaxYamlNodes) return;
  throw YamlStop{place, fmt::format("the file holds more than {} keys and values", kMaxYamlNodes),
                 "settings are far smaller; is this the right file?"};
}

YamlNode& TreeBuilder::add_node(NodeKind kind, Place place, YAML::anchor_t anchor) {
  count_node(place);
  YamlNode& node = tree_.nodes_.emplace_back();
  node.kind = kind;
  node.place = place;
  if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
  return node;
}

void TreeBuilder::check_tag(const std::string& tag, Place place) {
  if (tag.empty() || tag == "?" || tag == "!") return;
  if (std::ranges::any_of(kCoreTags, [&](std::string_view core) {
        return tag.starts_with(kCoreTagPrefix) && std::string_view(tag).substr(kCoreTagPrefix.size()) == core;
      })) {
    return;
  }
  mistakes_.add(place, "tags are not used in settings", "remove the word that begins with '!'");
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ == 1) return;
  throw YamlStop{place_of(mark), "a second document begins here", "keep one; settings are one document"};
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  // A list item that is left empty has the mark of what comes next; people look for its '-'.
  const SourceText& source = mistakes_.source();
  const auto next = static_cast<std::size_t>(std::max(mark.pos, 0));
  const std::size_t before =
      next == 0 ? std::string_view::npos : source.text().find_last_not_of(" \t\r\n", next - 1);
  const bool is_empty_item = !frames_.empty() && frames_.back().node->kind == NodeKind::sequence &&
                             before != std::string_view::npos && source.text()[before] == '-' &&
                             source.place_at(before).line != place_of(mark).line;
  attach(add_node(NodeKind::null, is_empty_item ? source.place_at(before) : place_of(mark), anchor));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const Place place = place_of(mark);
  count_node(place);
  const auto known = anchors_.find(anchor);
  const bool is_open = known == anchors_.end() || std::ranges::any_of(frames_, [&](const Frame& frame) {
                         return frame.node == known->second;
                       });
  if (is_open) throw YamlStop{place, "an alias stands inside its own anchor", "write the value out"};
  attach(*known->second);
}

std::size_t TreeBuilder::length_of_scalar(const YAML::Mark& mark, const std::string& value) {
  const std::string_view text = mistakes_.source().text();
  const auto begin = static_cast<std::size_t>(std::max(mark.pos, 0));
  if (begin >= text.size()) return 1;
  if (text[begin] == '"' || text[begin] == '\'') {
    const auto end = end_of_quoted(text, begin);
    // yaml-cpp takes the end of the file for the closing quote.
    if (!end) throw YamlStop{place_of(mark), "this quote is never closed", {}};
    return *end - begin;
  }
  return text.substr(begin).starts_with(value) ? value.size() : 1;
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  const Place place = place_of(mark, length_of_scalar(mark, value));
  check_tag(tag, place);
  YamlNode& node = add_node(NodeKind::scalar, place, anchor);
  node.text = value;
  attach(node);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value style) {
  open(mark, tag, anchor, NodeKind::sequence, style);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  open(mark, tag, anchor, NodeKind::map, style);
}

void TreeBuilder::open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, NodeKind kind,
                       YAML::EmitterStyle::value style) {
  const Place place = place_of(mark);
  check_tag(tag, place);
  if (frames_.size() >= kMaxYamlDepth) {
    throw YamlStop{place, fmt::format("nested deeper than {} levels", kMaxYamlDepth),
                   "settings have four levels at most"};
  }
  Frame frame;
  frame.node = &add_node(kind, place, anchor);
  // The style of an event tells nothing in yaml-cpp 0.7 when a block begins in a flow, so the text decides.
  const std::string_view text = mistakes_.source().text();
  const auto begin = static_cast<std::size_t>(std::max(mark.pos, 0));
  frame.is_flow =
      style == YAML::EmitterStyle::Flow && begin < text.size() && (text[begin] == '[' || text[begin] == '{');
  frames_.push_back(std::move(frame));
}

void TreeBuilder::OnMapEnd() {
  Frame& frame = frames_.back();
  for (const YamlNode* merged : frame.merged) {
    for (const Entry& entry : merged->entries) {
      count_node(frame.node->place);  // the kept and the dropped ones: a bound on the work
      if (!frame.seen.try_emplace(entry.key, entry.key_place).second) continue;
      frame.node->entries.push_back(entry);
    }
  }
  close();
}

void TreeBuilder::close() {
  const YamlNode& node = *frames_.back().node;
  frames_.pop_back();
  attach(node);
}

void TreeBuilder::attach(const YamlNode& node) {
  if (frames_.empty()) {
    tree_.root_ = &node;
    return;
  }
  Frame& frame = frames_.back();
  if (frame.node->kind == NodeKind::sequence) {
    frame.node->items.push_back(&node);
    return;
  }
  if (!frame.has_key) {
    take_key(frame, node);
    return;
  }
  frame.has_key = false;
  if (frame.is_key_broken) return;
  if (frame.key == "<<") {
    take_merge(frame, node);
    return;
  }
  frame.node->entries.push_back(Entry{frame.key, frame.key_place, &node});
}

void TreeBuilder::take_key(Frame& frame, const YamlNode& node) {
  frame.has_key = true;
  frame.is_key_broken = true;
  if (node.kind != NodeKind::scalar) {
    mistakes_.add(node.place, "a key must be plain text", "write 'key: value'");
    return;
  }
  frame.key = node.text;
  frame.key_place = node.place;
  if (frame.key != "<<") {
    const auto [earlier, is_new] = frame.seen.try_emplace(frame.key, node.place);
    if (!is_new) {
      mistakes_.add(node.place, fmt::format("duplicate key '{}'", show_key(frame.key)),
                    fmt::format("it stands in line {} already: keep one of them", earlier->second.line));
      return;
    }
  }
  frame.is_key_broken = false;
}

void TreeBuilder::take_merge(Frame& frame, const YamlNode& node) {
  if (node.kind == NodeKind::map) {
    frame.merged.push_back(&node);
    return;
  }
  const bool are_maps =
      node.kind == NodeKind::sequence &&
      std::ranges::all_of(node.items, [](const YamlNode* item) { return item->kind == NodeKind::map; });
  if (!are_maps) {
    mistakes_.add(frame.key_place, "'<<' merges maps only",
                  "write '<<: *name', where '&name' stands before a map");
    return;
  }
  frame.merged.insert(frame.merged.end(), node.items.begin(), node.items.end());
}

}  // namespace sv::config
