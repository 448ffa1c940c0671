// The same judge behind the Batch API.
#include "sim/llm_work.hpp"

#include <chrono>
#include <optional>

namespace sv::sim {

namespace {
// So that the ids of their answers are none of an online answer: those count from 1.
constexpr std::uint64_t kFirstBatchLine = 1'000'000'000;
}  // namespace

ModelReply LlmModel::answer_batch_line(std::string_view body, WallTime wall_now) {
  const std::expected<Understood, ModelReply> understood = understand(body);
  if (!understood) return understood.error();
  const ChatRequest& request = understood->request;
  const std::optional<RowQuestion> question = read_row_question(request.user_text);
  Receipt receipt{.is_chat = true, .status = 200, .is_verdict = false, .row = std::nullopt};
  if (question) receipt.row = ledger_.note_row(question->row_text);
  const std::int64_t created = std::chrono::floor<std::chrono::seconds>(wall_now).time_since_epoch().count();
  Work work{request, *understood->known, question, TimePoint{}, created, kFirstBatchLine + batch_lines_++,
            0,       Duration::zero(),   receipt,  true};
  ModelReply reply = reply_with_verdict(work);
  ledger_.note_batch_line(reply.receipt);
  return reply;
}

}  // namespace sv::sim
