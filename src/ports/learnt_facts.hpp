// Small facts about the outside that are worth keeping between runs: which request fields a model refuses,
// which reply format it takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sv::ports {

// Names are paths such as "capabilities/https://api.openai.com/v1/gpt-4o"; values are short texts. Event-loop
// thread.
class LearntFacts {
 public:
  virtual ~LearntFacts() = default;
  virtual std::optional<std::string> recall(std::string_view name) const = 0;
  // Kept at once in memory, on disk soon after; losing one in a crash costs a refused request, nothing else.
  virtual void remember(std::string_view name, std::string_view value) = 0;
};

}  // namespace sv::ports
