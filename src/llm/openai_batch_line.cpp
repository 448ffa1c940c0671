// The same question and the same reading of its reply, for the Batch API.
#include "base/random.hpp"
#include "llm/openai_client.hpp"

#include <optional>

namespace sv::llm {

namespace {

// Random bytes of the row's fence, as online.
constexpr std::size_t kMarkBytes = 12;

}  // namespace

OpenAiClient::BatchLine OpenAiClient::batch_line(const domain::Row& row, prompt::RowCode code) {
  user_text_.clear();
  context_.question.append_user_text(user_text_, row, unguessable_hex(kMarkBytes), code, today(),
                                     prompt::Correction::none);
  const std::uint64_t cap = completion_cap(row, 1);
  BatchLine line{.body = body_->build(user_text_, cap, 0), .most = std::nullopt};
  if (provider_.prices) {
    line.most = cost::batch_cost(
        cost::most_of(tokens_.reckon(row, prompt::Correction::none, today()), cap, *provider_.prices));
  }
  return line;
}

OpenAiClient::BatchReply OpenAiClient::read_batch_reply(const ports::HttpResponse& response,
                                                        prompt::RowCode code,
                                                        const Capabilities& asked_with) {
  Attempt attempt = interpret(response, code);
  BatchReply reply{.answer = std::move(attempt.answer), .usage = attempt.usage, .cost = std::nullopt};
  if (provider_.prices) reply.cost = cost::batch_cost(attempt.usage, provider_.model, *provider_.prices);
  if (!reply.answer && reply.answer.error().kind == ErrorKind::bad_request) {
    reply.is_adapted = adapt(attempt, asked_with);
  }
  return reply;
}

}  // namespace sv::llm
