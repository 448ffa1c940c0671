// Private to parse_yaml: makes the tree from yaml-cpp's parser events.
#pragma once

#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sv::config {

// Thrown through yaml-cpp, which offers no other way to stop it, and caught in parse_yaml.
struct YamlStop {
  Place place;
  std::string message;
  std::string suggestion;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(YamlTree& tree, MistakeCollector& mistakes) : tree_(tree), mistakes_(mistakes) {}

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

  Place place_of(const YAML::Mark& mark, std::size_t length_bytes = 1) const;
  // The innermost `[` or `{` that is still open, with the character.
  std::optional<Place> open_bracket() const;

 private:
  // A container that is being read.
  struct Frame {
    YamlNode* node = nullptr;
    bool is_flow = false;
    bool has_key = false;        // a key was read, its value comes next
    bool is_key_broken = false;  // and the value is to be dropped
    std::string key;
    Place key_place;
    std::unordered_map<std::string, Place> seen;
    std::vector<const YamlNode*> merged;
  };

  YamlNode& add_node(NodeKind kind, Place place, YAML::anchor_t anchor);
  void check_tag(const std::string& tag, Place place);
  std::size_t length_of_scalar(const YAML::Mark& mark, const std::string& value);
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, NodeKind kind,
            YAML::EmitterStyle::value style);
  void close();
  void attach(const YamlNode& node);
  void take_key(Frame& frame, const YamlNode& node);
  void take_merge(Frame& frame, const YamlNode& node);
  void count_node(Place place);

  YamlTree& tree_;
  MistakeCollector& mistakes_;
  std::vector<Frame> frames_;
  std::unordered_map<YAML::anchor_t, const YamlNode*> anchors_;
  std::size_t documents_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace sv::config
