// What people see when settings are wrong.
#include "config/mistake.hpp"
#include "config/settings_fixture.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <fstream>

namespace sv::config {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Rendering : public SettingsTest {};

std::string render_one(std::string_view text, std::size_t offset, std::size_t length) {
  const SourceText source("c.yaml", std::string(text));
  MistakeCollector mistakes(source);
  mistakes.add(source.place_at(offset, length), "wrong", "do it right");
  return render(mistakes.take());
}

TEST(RenderedMistake, has_the_line_a_caret_and_help) {
  EXPECT_EQ(render_one("a: 1\n  max_workers: 0\n", 20, 1),
            "c.yaml:2:16: error: wrong\n"
            "    2 |   max_workers: 0\n"
            "      |                ^\n"
            "      = help: do it right");
}

TEST(RenderedMistake, puts_the_caret_below_wide_and_cyrillic_letters) {
  const std::string_view text = "имя: 漢字 нет";
  EXPECT_EQ(render_one(text, text.find("нет"), 6),
            "c.yaml:1:9: error: wrong\n"
            "    1 | имя: 漢字 нет\n"
            "      |           ^~~\n"
            "      = help: do it right");
}

TEST(RenderedMistake, expands_tabs) {
  EXPECT_EQ(render_one("\ta:\tbad", 4, 3),
            "c.yaml:1:5: error: wrong\n"
            "    1 |     a:  bad\n"
            "      |         ^~~\n"
            "      = help: do it right");
}

TEST(RenderedMistake, makes_control_characters_visible) {
  const std::string shown = render_one("a: \x1b[31mred", 3, 1);
  EXPECT_THAT(shown, HasSubstr("a: \\x1b[31mred"));
  EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
}

TEST(RenderedMistake, shortens_long_lines_around_the_caret) {
  const std::string text = "rules_text: " + std::string(300, '.') + "HERE" + std::string(300, '.');
  const std::string shown = render_one(text, text.find("HERE"), 4);
  EXPECT_EQ(shown, "c.yaml:1:313: error: wrong\n    1 | …" + std::string(60, '.') + "HERE" +
                       std::string(36, '.') + "…\n      |  " + std::string(60, ' ') +
                       "^~~~\n      = help: do it right");
}

TEST(RenderedMistake, may_point_behind_the_end) {
  EXPECT_THAT(render_one("a: [", 4, 1), HasSubstr("    1 | a: [\n      |     ^\n"));
  EXPECT_THAT(render_one("a: 1\n", 100, 1), StartsWith("c.yaml:2:1: error: wrong\n    2 | \n      | ^\n"));
}

RC_GTEST_PROP(RenderedMistake, keeps_to_its_form_for_any_text_and_place,
              (const std::string& text, std::size_t offset, std::uint16_t length)) {
  const std::string shown = render_one(text, offset % (text.size() + 2), length);
  RC_ASSERT(shown.starts_with("c.yaml:"));
  RC_ASSERT(std::count(shown.begin(), shown.end(), '\n') == 3);
  RC_ASSERT(shown.size() < 4'000U);
}

// Accept a changed rendering by running this test with SV_ACCEPT_GOLDEN=1 and reading the difference.
TEST_F(Rendering, of_several_mistakes_is_as_agreed) {
  environment_.clear();
  const std::string shown = refusal_of(R"(# Настройки проверки
source: rows.csv
columns:
  статус: Статус
  comment: [Комментарий]
allowed_statuses: В срок
bach_size: 10
rules_text: |
  Каждое обновление называет следующий шаг.
llm:
  max_workers: 0
  max_retries: три
  providers:
    1: {model: gpt-4o-mini, api_key: "sk-proj-Abcdefgh12345678", base_url: "http://api.example.org/v1"}
    3:
      model: other
      model: another
      api_key_env: SECOND_KEY
      request_timeout: 30s
)")
                                .text +
                            "\n";
  const std::string golden = std::string(SV_SOURCE_DIR) + "/tests/config/golden/several_mistakes.txt";
  if (std::getenv("SV_ACCEPT_GOLDEN") != nullptr) std::ofstream(golden, std::ios::binary) << shown;
  EXPECT_EQ(shown, read_file(golden));
}

}  // namespace
}  // namespace sv::config
