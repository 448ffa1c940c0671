// What a Russian reader sees, from the first mistake to the summary, and that programs see no difference.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <string>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;

const std::map<std::string, std::string> kRussian = {{"LANG", "ru_RU.UTF-8"}, {"OPENAI_API_KEY", "k"}};

bool has_cyrillic(const std::string& text) {
  return text.find("\xD0") != std::string::npos || text.find("\xD1") != std::string::npos;
}

class InRussian : public testing::Test {
 protected:
  InRussian() {
    directory_.write("s.csv", "Project,Status,Comment\nA,Done,All is done.\nB,Done,\n");
    directory_.write("r.md", "1. Say what is done.\n");
  }
  Finished in_russian(const Words& words) { return run(directory_, words, kRussian); }

  Directory directory_;
};

TEST_F(InRussian, a_run_tells_all_in_russian) {
  const Finished finished =
      in_russian({"run", "s.csv", "--output", "o.csv", "--rules", "r.md", "--simulate"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  for (const char* text : {"предупреждение: ИМИТАЦИЯ", "Строки", "Оценки", "Рецензия записана в o.csv"})
    EXPECT_TRUE(finished.err.contains(text)) << text << "\n" << finished.err;
  EXPECT_FALSE(finished.err.contains("Review written")) << finished.err;
  EXPECT_TRUE(directory_.read("o.csv").contains("Rewrite Suggestion")) << "columns are a contract";
}

TEST_F(InRussian, programs_see_no_difference) {
  const Words words = {"run", "s.csv", "--output", "o.csv", "--rules", "r.md", "--simulate", "--json"};
  EXPECT_FALSE(has_cyrillic(in_russian(words).out));
  EXPECT_FALSE(has_cyrillic(in_russian({"status", "--json"}).out));
  EXPECT_FALSE(has_cyrillic(in_russian({"explain", "2", "--json"}).out));
  Words doctor = words;
  doctor.front() = "doctor";
  EXPECT_FALSE(has_cyrillic(in_russian(doctor).out));
  Words plan = words;
  plan.front() = "plan";
  EXPECT_FALSE(has_cyrillic(in_russian(plan).out));
}

TEST_F(InRussian, a_mistake_in_the_settings_keeps_its_place) {
  directory_.write("c.yaml", "source: s.csv\nrules_file: r.md\nllm:\n  max_worker: 0\n  model: x\n");
  const Finished finished = in_russian({"check-config", "--config", "c.yaml"});
  EXPECT_EQ(finished.exit_code, 78);
  EXPECT_TRUE(finished.err.contains("c.yaml:4:3: ошибка: неизвестный ключ")) << finished.err;
  EXPECT_TRUE(finished.err.contains("    4 |   max_worker: 0\n      |   ^~~~~~~~~~")) << finished.err;
  EXPECT_TRUE(finished.err.contains("= совет: может быть, «max_workers»?")) << finished.err;
}

TEST_F(InRussian, mistakes_of_the_command_line) {
  const Finished finished = in_russian({"run", "s.csv", "--otput", "o.csv"});
  EXPECT_EQ(finished.exit_code, 64);
  EXPECT_TRUE(finished.err.contains("совет: может быть, `--output`?")) << finished.err;
  const Finished code = in_russian({"status", "--lang", "de"});
  EXPECT_EQ(code.exit_code, 64);
  EXPECT_TRUE(code.err.contains("допустимо en или ru")) << code.err;
  const Finished missing = in_russian({"run", "none.csv", "-o", "o.csv", "--rules", "r.md", "--simulate"});
  EXPECT_EQ(missing.exit_code, 66);
  EXPECT_TRUE(missing.err.contains("нет такого файла или папки")) << missing.err;
}

TEST_F(InRussian, the_other_commands) {
  in_russian({"run", "s.csv", "--output", "o.csv", "--rules", "r.md", "--simulate"});
  const std::map<std::string, Words> expected = {
      {"запуск  ", {"status"}},
      {"оценка  ", {"explain", "2"}},
      {"Настройки в порядке.",
       {"check-config", "s.csv", "--output", "o.csv", "--rules", "r.md", "--simulate"}},
      {"в порядке", {"doctor", "s.csv", "--output", "o.csv", "--rules", "r.md", "--simulate"}},
      {"Спрашивать нечего", {"plan", "s.csv", "--output", "o.csv", "--rules", "r.md", "--simulate"}},
      {"продолжать нечего", {"resume"}},
      {"Кого спрашивать", {"run", "--help"}},
      {"Использование", {"--help"}},
  };
  for (const auto& [text, words] : expected) {
    const Finished finished = in_russian(words);
    EXPECT_EQ(finished.exit_code, 0) << words.front() << finished.err;
    EXPECT_TRUE((finished.out + finished.err).contains(text)) << text << "\n" << finished.out << finished.err;
    Words in_english = words;
    in_english.insert(in_english.begin(), {"--lang", "en"});
    const Finished english = run(directory_, in_english, kRussian);
    EXPECT_FALSE(has_cyrillic(english.out + english.err)) << english.out << english.err;
  }
}

TEST_F(InRussian, every_line_of_help_is_russian) {
  for (const Words& words : {Words{"--help"},
                             {"run", "--help"},
                             {"simulate", "llm", "--help"},
                             {"simulate", "sheets", "--help"},
                             {"bench", "--help"},
                             {"init", "--help"},
                             {"explain", "--help"},
                             {"status", "--help"},
                             {"resume", "--help"},
                             {"report", "--help"},
                             {"retry", "--help"},
                             {"completion", "--help"},
                             {"man-page", "--help"},
                             {"doctor", "--help"},
                             {"plan", "--help"},
                             {"check-config", "--help"}}) {
    const Finished finished = in_russian(words);
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    // A description is one line again.
    const std::string help = std::regex_replace(finished.out, std::regex("\n {30,}(?=[^ ])"), " ");
    std::size_t from = 0;
    for (std::size_t end = help.find('\n'); end != std::string::npos;
         from = end + 1, end = help.find('\n', from)) {
      const std::string line = help.substr(from, end - from);
      // English in it: at most names of flags, values and files.
      const bool has_description = line.size() > 40 && !line.contains("status-validator ") &&
                                   !line.contains("refusal content-filter") &&
                                   !line.contains("max_completion_tokens reasoning") &&
                                   !line.contains("30s+60s:");
      if (has_description) EXPECT_TRUE(has_cyrillic(line)) << words.front() << ": " << line;
    }
  }
}

}  // namespace
}  // namespace sv::e2e
