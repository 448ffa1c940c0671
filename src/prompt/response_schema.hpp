// The form in which a model must answer.
#pragma once

#include <string_view>

namespace sv::prompt {

// Goes up whenever the wording of the question or the meaning of the reply changes: answers to the old
// question are then not answers to the new one, so it is part of every answer key.
inline constexpr std::string_view kPromptVersion = "2";

inline constexpr std::string_view kResponseSchemaName = "status_verdict";

// JSON schema in the strict subset of OpenAI's structured outputs: every property required, no further ones,
// optional written as a union with null, no length bounds. Models write keys in schema order, so `issues`
// stand before `is_valid`: the findings are then reasons for it and not excuses.
inline constexpr std::string_view kResponseSchema =
    R"({"type":"object","properties":{)"
    R"("row_code":{"type":"string","description":"The six digits after \"Row code:\" in the user message"},)"
    R"("issues":{"type":"array","description":"Every way in which the row breaks the rulebook; empty when it breaks none",)"
    R"("items":{"type":"object","properties":{)"
    R"("message":{"type":"string","description":"What is wrong and what is missing, for the author of the row"},)"
    R"("rule":{"type":["string","null"],"description":"Number or name of the broken rule as the rulebook calls it"},)"
    R"("severity":{"type":"string","enum":["minor","major","critical"]},)"
    R"("quote":{"type":["string","null"],"description":"Words of the row that show it, verbatim"}},)"
    R"("required":["message","rule","severity","quote"],"additionalProperties":false}},)"
    R"("is_valid":{"type":"boolean"},)"
    R"("rewrite_suggestion":{"type":"string","description":"The comment rewritten so that every issue is gone; empty when is_valid"}},)"
    R"("required":["row_code","issues","is_valid","rewrite_suggestion"],"additionalProperties":false})";

}  // namespace sv::prompt
