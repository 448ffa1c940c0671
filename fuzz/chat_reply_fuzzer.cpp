// Any bytes are read as a provider's HTTP reply. The first two bytes choose the status, a line with a bar the
// end of the header block.
#include "base/assert.hpp"
#include "llm/chat_reply.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kStatuses[] = {200, 400, 401, 404, 408, 413, 422, 429, 500, 503, 529};
  if (size < 1) return 0;
  sv::ports::HttpResponse response;
  response.status = kStatuses[data[0] % std::size(kStatuses)];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t end_of_headers = text.find("\n|\n");
  if (end_of_headers != std::string_view::npos) {
    response.header_block = text.substr(0, end_of_headers);
    response.body = text.substr(end_of_headers + 3);
  } else {
    response.body = text;
  }
  const auto now = sv::WallTime(std::chrono::seconds(1'795'000'000));
  const sv::llm::ChatResult result = sv::llm::read_chat_reply(response, now);
  if (!result.reply) {
    SV_ASSERT(!result.reply.error().message.empty(), "an error says why");
    if (const auto wait = result.reply.error().retry_after)
      SV_ASSERT(*wait >= sv::Duration::zero(), "no wait into the past");
  } else {
    SV_ASSERT(response.status == 200, "only a 200 holds an answer");
  }
  return 0;
}
