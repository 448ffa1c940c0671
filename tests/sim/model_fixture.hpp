// The simulated provider's model as its tests ask it: one question, and a look into what it answers.
#pragma once

#include "question_fixture.hpp"
#include "sim/llm_model.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace sv::sim::testing {

inline const TimePoint kStart{Duration(std::chrono::hours(1))};
inline const WallTime kToday{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};
inline constexpr std::string_view kSchemaFormat =
    R"(,"response_format":{"type":"json_schema","json_schema":{"name":"v","strict":true,"schema":{"type":"object","properties":{)"
    R"("issues":{"type":"array","items":{"type":"object"}},"is_valid":{"type":"boolean"}}}}})";

inline std::string question(std::string_view extra = "", std::string_view comment = "Done: 1 thing.") {
  return chat_body(system_text(kEnglishRules, kEnglishStatuses), user_text("On Track", comment), extra);
}

inline ModelReply ask(LlmModel& model, const std::string& body, TimePoint now = kStart) {
  return model.answer_chat(body, "key", now, kToday);
}

inline boost::json::value body_of(const ModelReply& reply) { return boost::json::parse(reply.body); }
inline boost::json::value error_of(const ModelReply& reply) { return body_of(reply).at("error"); }
inline std::string text_at(const boost::json::value& value, std::string_view pointer) {
  return std::string(value.at_pointer(pointer).as_string());
}
inline std::int64_t number_at(const boost::json::value& value, std::string_view pointer) {
  return value.at_pointer(pointer).as_int64();
}

inline LlmOptions with_fault(std::string_view name) {
  LlmOptions options;
  EXPECT_TRUE(options.faults.add(std::string(name) + "=100%"));
  return options;
}

}  // namespace sv::sim::testing
