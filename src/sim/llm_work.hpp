// One request while it is worked on. Private to llm_model.cpp, llm_faults.cpp and llm_batch_line.cpp.
#pragma once

#include "sim/llm_model.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace sv::sim {

struct LlmModel::Work {
  const ChatRequest& request;
  KnownPrompt& known;
  const std::optional<RowQuestion>& question;
  TimePoint now;
  std::int64_t created;
  std::uint64_t number;
  std::uint64_t chance;  // random bits for the details of a fault
  Duration latency;
  Receipt receipt;
  bool is_batch_line = false;
};

// What a model would write about this question, or that there is no row in it.
std::string make_content(const SystemPrompt& prompt, const ChatRequest& request,
                         const std::optional<RowQuestion>& question, bool is_gullible);

}  // namespace sv::sim
