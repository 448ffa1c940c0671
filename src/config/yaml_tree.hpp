// YAML as a tree in which every key and value knows its place.
//
// yaml-cpp's own nodes are not used: they accept duplicate keys silently, and their places count bytes. The
// tree is built from parser events, so the limits below hold while the file is being read:
//   - depth at most 32, at most 100,000 nodes, lines of at most 64 KiB (yaml-cpp keeps a whole line of
//   brackets as
//     tokens: a million of them on one line took 237 MB and 1 s),
//   - an alias shares its anchor's node (so "billion laughs" costs nothing) and cannot stand inside its own
//   anchor;
//     readers of the tree walk only keys they know and never follow it to an unknown depth,
//   - tags are refused but for the plain ones (!!str, !!int, …), which change nothing: no tag ever makes code
//   run.
// Merge keys (`<<: *defaults`) work as in YAML 1.1, which the Python original reads; explicit keys win.
#pragma once

#include "config/mistake.hpp"
#include "config/source_text.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sv::config {

constexpr std::size_t kMaxYamlDepth = 32;       // security.md §7
constexpr std::size_t kMaxYamlNodes = 100'000;  // security.md §7
constexpr std::size_t kMaxYamlMarks = 100'000;  // brackets and commas
// Bounds what a mistake in it costs to show.
constexpr std::size_t kMaxYamlLineBytes = 65'536;

enum class NodeKind { null, scalar, sequence, map };

struct YamlNode;

struct Entry {
  std::string key;
  Place key_place;
  const YamlNode* value = nullptr;
};

struct YamlNode {
  NodeKind kind = NodeKind::null;
  Place place;
  std::string text;                    // of a scalar, as written: without quotes, not converted
  std::vector<const YamlNode*> items;  // of a sequence
  std::vector<Entry> entries;          // of a map, in the file's order, keys unique; merged ones last
};

class YamlTree {
 public:
  // Null for a file that holds nothing but comments.
  const YamlNode* root() const { return root_; }

 private:
  friend class TreeBuilder;
  std::deque<YamlNode> nodes_;  // never moves its elements
  const YamlNode* root_ = nullptr;
};

// Nothing when the text is not YAML or exceeds a limit; the mistake is then reported. Mistakes that leave the
// rest readable (duplicate keys, tags) are reported too, and the tree is returned.
std::optional<YamlTree> parse_yaml(MistakeCollector& mistakes);

}  // namespace sv::config
