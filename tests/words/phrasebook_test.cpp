// How finished English sentences become Russian ones (docs/adr/0025-english-in-the-code.md).
#include "words/phrasebook.hpp"

#include "words/tables.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

namespace sv::words {
namespace {

constexpr std::array kTable = std::to_array<Phrase>({
    {"cannot read '{}': {}", "файл «{}» не читается: {}"},
    {"No such file or directory", "нет такого файла"},
    {"{}: error: {}", "{}: ошибка: {}"},
    {"did you mean '{}'?", "может быть, «{}»?"},
    {"{} {} under way with {} {}", "пакетов: {0}, строк: {2}"},
    {"status", "статус"},
    {"no column is the {}", "нет столбца «{:w}»"},
    {"{} requests", "запросов {:n}"},
    {"; run again at {}", "; запустите снова в {}"},
    {"the rulebook", "правила"},
});

class Phrases : public testing::Test {
 protected:
  std::string translate(std::string_view text) const { return book_.translate(text); }

 private:
  const std::array<std::span<const Phrase>, 1> tables_ = {std::span<const Phrase>(kTable)};
  const Phrasebook book_{tables_};
};

TEST_F(Phrases, values_are_kept_and_sentences_in_them_are_put_into_russian_too) {
  EXPECT_EQ(translate("cannot read 'a b.md': No such file or directory"),
            "файл «a b.md» не читается: нет такого файла");
}

TEST_F(Phrases, word_forms_that_only_english_needs_are_left_out) {
  EXPECT_EQ(translate("2 batches are under way with 1 row"), "пакетов: 2, строк: 1")
      << "the values are numbered in the Russian";
}

TEST_F(Phrases, names_stay_as_they_are_and_words_of_ours_do_not) {
  EXPECT_EQ(translate("did you mean 'status'?"), "может быть, «status»?") << "a setting";
  EXPECT_EQ(translate("no column is the status"), "нет столбца «статус»");
}

TEST_F(Phrases, what_others_say_stays_as_it_is) {
  EXPECT_EQ(translate("too many requests"), "too many requests");
  EXPECT_EQ(translate("12 requests"), "запросов 12");
  EXPECT_EQ(translate("The quick brown fox: jumps"), "The quick brown fox: jumps");
}

TEST_F(Phrases, contexts_in_front_and_tails_behind_are_recognized) {
  EXPECT_EQ(translate("the rulebook: cannot read 'r': x"), "правила: файл «r» не читается: x");
  EXPECT_EQ(translate("a.csv: cannot read 'r': x"), "a.csv: файл «r» не читается: x");
  EXPECT_EQ(translate("something else; run again at 10:00"), "something else; запустите снова в 10:00");
}

TEST_F(Phrases, an_excerpt_of_a_settings_file_is_nobodys_sentence) {
  EXPECT_EQ(translate("a.yaml:1:2: error: cannot read 'x': y\n    1 | did you mean 'x'?\n      |  ^~~"),
            "a.yaml:1:2: ошибка: файл «x» не читается: y\n    1 | did you mean 'x'?\n      |  ^~~");
}

TEST_F(Phrases, a_hostile_text_costs_little) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += ": '";
  EXPECT_EQ(translate(text), text);
  text.clear();
  for (int i = 0; i < 500; ++i) text += "cannot read '': ";
  EXPECT_FALSE(translate(text).empty());
}

TEST(Tables, english_stays_english) {
  EXPECT_EQ(phrasebook_of(domain::Language::english).translate("cannot read 'x': y"), "cannot read 'x': y");
}

TEST(Tables, every_phrase_stands_once_and_is_found_by_its_own_text) {
  const Phrasebook& book = phrasebook_of(domain::Language::russian);
  std::map<std::string_view, std::string_view> seen;
  std::size_t phrases = 0;
  for (const std::span<const Phrase> table : all_tables()) {
    for (const Phrase& phrase : table) {
      ++phrases;
      EXPECT_TRUE(seen.emplace(phrase.english, phrase.russian).second) << "twice: " << phrase.english;
      // With 7 for each value it must become the Russian with 7s: nothing more special may catch it.
      std::string made;
      std::size_t from = 0;
      for (auto at = next_placeholder(phrase.english, 0); at;
           at = next_placeholder(phrase.english, at->end)) {
        made += std::string(phrase.english.substr(from, at->begin - from)) + "7";
        from = at->end;
      }
      made += phrase.english.substr(from);
      std::string wanted;
      from = 0;
      for (auto at = next_placeholder(phrase.russian, 0); at;
           at = next_placeholder(phrase.russian, at->end)) {
        wanted += std::string(phrase.russian.substr(from, at->begin - from)) + "7";
        from = at->end;
      }
      wanted += phrase.russian.substr(from);
      if (made.starts_with(' ') || made.ends_with(' ')) continue;  // tails and heads, only met with others
      EXPECT_EQ(book.translate(made), wanted);
    }
  }
  EXPECT_GT(phrases, 600U);
}

TEST(Tables, russian_is_written_with_russian_letters_and_quotes) {
  for (const std::span<const Phrase> table : all_tables()) {
    for (const Phrase& phrase : table) {
      EXPECT_EQ(phrase.russian.find('"'), std::string_view::npos) << phrase.russian;
      EXPECT_EQ(phrase.russian.find(" еще "), std::string_view::npos) << "ё: " << phrase.russian;
      if (phrase.english.starts_with(' '))
        EXPECT_TRUE(std::string_view(" :,").contains(phrase.russian.front()));
      EXPECT_EQ(phrase.english.ends_with(' '), phrase.russian.ends_with(' ')) << phrase.english;
    }
  }
}

}  // namespace
}  // namespace sv::words
