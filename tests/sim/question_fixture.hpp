// Questions as prompt/question.hpp writes them, for tests of a room that may not see prompt/.
#pragma once

#include "sim/letters.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace sv::sim::testing {

inline constexpr std::string_view kEnglishRules =
    R"(1. The status is one of the allowed statuses, spelled as in the list.
2. The comment must contain the sections: `Done:`, `Next:`, `Risks:`. Each begins on a line of its own, in this order.
3. `Done:` gives at least one figure, date or named result.
4. `Next:` names at least one step, with its owner and the day by which it will be finished.
5. The completion date is a real date in the form YYYY-MM-DD.
6. The completion date must not be in the past unless the status is Completed.
7. With the status Completed the completion date is not in the future and no work is left.
8. With the status At Risk or On Hold the comment says why.
9. The comment does not contradict the status.
10. No empty phrases: "work continues", "as planned", "soon".
11. The comment is 40 to 500 characters long.
12. No exclamation marks.
)";
inline constexpr std::string_view kEnglishStatuses = "- On Track\n- At Risk\n- On Hold\n- Completed\n";

inline constexpr std::string_view kRussianRules = R"(1. Статус — одно из допустимых значений.
2. Комментарий должен содержать разделы: «Сделано:», «План:», «Риски:».
3. В разделе «План:» есть шаг с ответственным и днём, до которого он будет сделан.
4. Дата завершения не должна быть в прошлом, если статус не «Завершён».
5. Дата завершения записана в виде ДД.ММ.ГГГГ.
6. Нельзя писать «работы ведутся», «скоро».
7. Комментарий не короче 30 знаков.
)";
inline constexpr std::string_view kRussianStatuses = "- В работе\n- Есть риски\n- Завершён\n";

inline std::string system_text(std::string_view rules, std::string_view statuses,
                               std::string_view language = "English") {
  return fmt::format(
      "You review project status updates. Reply with one JSON object: issues with message, rule, severity "
      "and quote.\n\n"
      "Write in {}.\n\nAllowed statuses:\n{}\nRulebook:\n{}End of rulebook.\n",
      language, statuses, rules);
}

inline std::string user_text(std::string_view status, std::string_view comment,
                             std::string_view date = "2027-03-30", std::string_view today = "2026-11-25") {
  std::string text =
      fmt::format("Today is {}, Wednesday.\n<<<ROW 0123456789abcdef01234567>>>\n{{\"status\":", today);
  append_json_string(text, status);
  text += ",\"comment\":";
  append_json_string(text, comment);
  text += ",\"completion_date\":";
  append_json_string(text, date);
  return text + "}\n<<<END 0123456789abcdef01234567>>>\n";
}

// A request body; `extra` are further members, each with a comma before it.
inline std::string chat_body(std::string_view system, std::string_view user, std::string_view extra = "") {
  std::string body = R"({"model":"gpt-4o-mini","messages":[{"role":"system","content":)";
  append_json_string(body, system);
  body += R"(},{"role":"user","content":)";
  append_json_string(body, user);
  body += "}]";
  body += extra;
  return body + "}";
}

}  // namespace sv::sim::testing
