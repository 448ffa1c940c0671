#include "checks/suspicion.hpp"

#include "checks/plain_words.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace sv::checks {

namespace {

// What a word may be in a sentence that speaks to the checker. Stems: a word that begins so. A word may be
// several.
enum WordClass : std::uint32_t {
  kNone = 0,
  kOverride = 1U << 0U,     // ignore, забудь
  kRules = 1U << 1U,        // instructions, правила
  kJudge = 1U << 2U,        // mark, признай: imperatives that give a verdict
  kReply = 1U << 3U,        // respond, верни
  kVerdict = 1U << 4U,      // valid, json, is_valid
  kGood = 1U << 5U,         // correct, approved: verdicts too, but also everyday words
  kShow = 1U << 6U,         // reveal, покажи
  kPrompt = 1U << 7U,       // prompt, промпт
  kYou = 1U << 8U,          // you, ты
  kMachine = 1U << 9U,      // assistant, модель
  kNow = 1U << 10U,         // now, теперь
  kPretend = 1U << 11U,     // pretend, притворись
  kPossessive = 1U << 12U,  // your, твои
  kAre = 1U << 14U,
  kReplyNoun = 1U << 15U,  // output, answer: orders, but everyday nouns too
  kFormat = 1U << 16U,     // json
  kRow = 1U << 13U,        // row, строку
};

struct Stem {
  std::string_view stem;
  std::uint32_t classes;
  bool is_whole = false;  // the word, not its beginning
};

// Sorted by nothing: looked up by first letter below.
constexpr std::array kStems = std::to_array<Stem>({
    {"ignor", kOverride},
    {"disregard", kOverride},
    {"forget", kOverride},
    {"overrid", kOverride},
    {"overrule", kOverride},
    {"neglect", kOverride},
    {"skip", kOverride, true},
    {"discard", kOverride, true},
    {"bypass", kOverride, true},
    {"игнорир", kOverride},
    {"проигнорир", kOverride},
    {"забуд", kOverride},
    {"отмени", kOverride, true},
    {"отмените", kOverride, true},
    {"пренебре", kOverride},
    {"обойди", kOverride},
    {"отбрось", kOverride},
    {"пропусти", kOverride},
    {"instruction", kRules | kPrompt},
    {"rule", kRules, true},
    {"rules", kRules, true},
    {"rulebook", kRules},
    {"guideline", kRules},
    {"prompt", kPrompt | kRules},
    {"policies", kRules, true},
    {"criteria", kRules, true},
    {"directive", kRules},
    {"constraints", kRules, true},
    {"инструкци", kRules | kPrompt},
    {"правил", kRules},
    {"указани", kRules},
    {"промпт", kPrompt | kRules},
    {"промт", kPrompt | kRules},
    {"критери", kRules},
    {"регламент", kRules},
    {"подсказк", kPrompt},
    {"mark", kJudge, true},
    {"rate", kJudge, true},
    {"judge", kJudge, true},
    {"classify", kJudge, true},
    {"label", kJudge, true},
    {"treat", kJudge, true},
    {"evaluate", kJudge, true},
    {"consider", kJudge, true},
    {"declare", kJudge, true},
    {"deem", kJudge, true},
    {"set", kJudge | kReplyNoun, true},
    {"отметь", kJudge},
    {"пометь", kJudge},
    {"признай", kJudge},
    {"считай", kJudge},
    {"оцени", kJudge, true},
    {"оцените", kJudge, true},
    {"засчитай", kJudge},
    {"поставь", kJudge | kReply},
    {"одобри", kJudge, true},
    {"одобрите", kJudge, true},
    {"прими", kJudge, true},
    {"признавай", kJudge},
    {"помечай", kJudge},
    {"отмечай", kJudge},
    {"respond", kReply, true},
    {"reply", kReply, true},
    {"answer", kReplyNoun, true},
    {"return", kReplyNoun, true},
    {"output", kReplyNoun, true},
    {"print", kReplyNoun | kShow, true},
    {"say", kReplyNoun, true},
    {"write", kReplyNoun, true},
    {"emit", kReplyNoun, true},
    {"report", kReplyNoun, true},
    {"give", kReplyNoun, true},
    {"ответь", kReply},
    {"отвечай", kReply},
    {"верни", kReply, true},
    {"верните", kReply, true},
    {"выведи", kReply | kShow},
    {"напиши", kReply | kShow},
    {"выдай", kReply | kShow},
    {"укажи", kReply, true},
    {"скажи", kReply, true},
    {"is_valid", kVerdict},
    {"isvalid", kVerdict},
    {"valid", kVerdict, true},
    {"json", kFormat},
    {"verdict", kVerdict, true},
    {"валид", kVerdict},
    {"вердикт", kVerdict},
    {"true", kVerdict, true},
    {"approved", kGood, true},
    {"correct", kGood, true},
    {"compliant", kGood, true},
    {"acceptable", kGood, true},
    {"pass", kGood, true},
    {"passed", kGood, true},
    {"ok", kGood, true},
    {"green", kGood, true},
    {"perfect", kGood, true},
    {"yes", kGood, true},
    {"верн", kGood},
    {"правильн", kGood},
    {"корректн", kGood},
    {"допустим", kGood},
    {"соответству", kGood},
    {"безупречн", kGood},
    {"одобрен", kGood},
    {"хорош", kGood},
    {"reveal", kShow},
    {"show", kShow, true},
    {"repeat", kShow, true},
    {"leak", kShow, true},
    {"disclose", kShow, true},
    {"display", kShow, true},
    {"quote", kShow, true},
    {"translate", kShow, true},
    {"покажи", kShow},
    {"раскрой", kShow},
    {"повтори", kShow},
    {"процитируй", kShow},
    {"перескажи", kShow},
    {"are", kAre, true},
    {"you", kYou, true},
    {"ты", kYou, true},
    {"вы", kYou, true},
    {"your", kPossessive, true},
    {"твои", kPossessive},
    {"твой", kPossessive},
    {"твою", kPossessive},
    {"свои", kPossessive, true},
    {"свой", kPossessive, true},
    {"свою", kPossessive, true},
    {"system", kPossessive, true},
    {"системн", kPossessive},
    {"hidden", kPossessive, true},
    {"initial", kPossessive, true},
    {"original", kPossessive, true},
    {"скрыт", kPossessive},
    {"исходн", kPossessive},
    {"assistant", kMachine, true},
    {"ai", kMachine, true},
    {"chatgpt", kMachine},
    {"gpt", kMachine},
    {"llm", kMachine},
    {"chatbot", kMachine},
    {"model", kMachine, true},
    {"validator", kMachine, true},
    {"reviewer", kMachine, true},
    {"judge", kMachine, true},
    {"dan", kMachine, true},
    {"ассистент", kMachine},
    {"нейросет", kMachine},
    {"ии", kMachine, true},
    {"чатбот", kMachine},
    {"модел", kMachine},
    {"помощник", kMachine},
    {"проверяющ", kMachine},
    {"now", kNow, true},
    {"longer", kNow, true},
    {"теперь", kNow, true},
    {"больше", kNow, true},
    {"pretend", kPretend},
    {"roleplay", kPretend},
    {"jailbreak", kPretend | kVerdict},
    {"притвори", kPretend},
    {"представь", kPretend},
    {"вообрази", kPretend},
    {"row", kRow, true},
    {"rows", kRow, true},
    {"entry", kRow, true},
    {"record", kRow, true},
    {"cell", kRow, true},
    {"line", kRow, true},
    {"status", kRow, true},
    {"project", kRow, true},
    {"this", kRow, true},
    {"it", kRow, true},
    {"everything", kRow, true},
    {"next", kRow, true},
    {"строк", kRow},
    {"запис", kRow},
    {"ячейк", kRow},
    {"статус", kRow},
    {"проект", kRow},
    {"эту", kRow, true},
    {"этот", kRow, true},
    {"все", kRow, true},
    {"всё", kRow, true},
    {"её", kRow, true},
    {"его", kRow, true},
    {"следующ", kRow},
});

// Words that are worth an attack and that a model reads with swapped inner letters too.
constexpr std::array kScrambled = std::to_array<Stem>({
    {"ignore", kOverride},
    {"disregard", kOverride},
    {"instructions", kRules | kPrompt},
    {"instruction", kRules | kPrompt},
    {"previous", kNone},
    {"prompt", kPrompt | kRules},
    {"bypass", kOverride},
    {"override", kOverride},
    {"игнорируй", kOverride},
    {"проигнорируй", kOverride},
    {"инструкции", kRules | kPrompt},
    {"инструкцию", kRules | kPrompt},
    {"правила", kRules},
    {"забудь", kOverride},
});

// Parts of our reply's form and of our question's fence, and of the marks by which chats are put together.
constexpr auto kForged = std::to_array<std::string_view>({"is_valid\"",
                                                          "\"is_valid",
                                                          "is_valid:",
                                                          "is_valid=",
                                                          "is_valid =",
                                                          "rewrite_suggestion",
                                                          "<<<row",
                                                          "<<<end",
                                                          "<|im_start|>",
                                                          "<|im_end|>",
                                                          "<|system|>",
                                                          "<|endoftext|>",
                                                          "begin_of_text",
                                                          "[inst]",
                                                          "[/inst]",
                                                          "<system>",
                                                          "</system>",
                                                          "<<sys>>",
                                                          "### system",
                                                          "### instruction",
                                                          "\"role\":\"system\"",
                                                          "\"role\": \"system\""});
constexpr auto kForgedWords =
    std::to_array<std::string_view>({"end of rulebook", "end of row", "allowed statuses:"});
// At the beginning of a line, before a colon.
constexpr auto kTurns = std::to_array<std::string_view>({"assistant", "ассистент"});

constexpr std::size_t kNear = 6;  // words between an imperative and what it is about
constexpr std::size_t kClose = 3;
constexpr std::size_t kMostHidden = 3;     // zero-width characters come with copied web pages
constexpr std::size_t kShortestCode = 20;  // letters of Base64 that are looked into
constexpr std::size_t kShownWords = 12;
constexpr std::size_t kShortestOrder = 10;  // bytes: "skip rules"

bool is_stem_of(const Stem& stem, std::string_view word) {
  return stem.is_whole ? word == stem.stem : word.starts_with(stem.stem);
}

// First and last letter, and the letters between them in alphabetical order.
std::string scrambled(std::string_view word) {
  std::string letters(word);
  // Of one alphabet: two-byte letters are sorted as pairs.
  const bool is_wide = static_cast<unsigned char>(word.front()) >= 0x80;
  if (!is_wide) {
    std::sort(letters.begin() + 1, letters.end() - 1);
    return letters;
  }
  std::vector<std::string_view> pairs;
  for (std::size_t i = 0; i + 1 < word.size(); i += 2) pairs.push_back(word.substr(i, 2));
  if (pairs.size() > 2) std::sort(pairs.begin() + 1, pairs.end() - 1);
  letters.clear();
  for (const std::string_view pair : pairs) letters += pair;
  return letters;
}

// By the first byte pair of a word: most words are not looked at twice.
class Lexicon {
 public:
  Lexicon() {
    for (const Stem& stem : kStems) buckets_[bucket_of(stem.stem)].push_back(stem);
    for (const Stem& word : kScrambled) {
      scrambled_[scrambled_bucket_of(word.stem)].push_back({scrambled(word.stem), word.stem, word.classes});
    }
  }

  std::uint32_t classes_of(std::string_view word) const {
    std::uint32_t classes = kNone;
    for (const Stem& stem : buckets_[bucket_of(word)]) {
      if (is_stem_of(stem, word)) classes |= stem.classes;
    }
    if (classes != kNone || word.size() < 6 || word.size() > 24) return classes;
    for (const Scrambled& known : scrambled_[scrambled_bucket_of(word)]) {
      if (known.plain.size() != word.size() || known.plain.front() != word.front() ||
          known.plain.back() != word.back()) {
        continue;
      }
      if (scrambled(word) == known.letters) classes |= known.classes;
    }
    return classes;
  }

 private:
  struct Scrambled {
    std::string letters;
    std::string_view plain;
    std::uint32_t classes;
  };
  static std::size_t bucket_of(std::string_view word) {
    const auto first = static_cast<unsigned char>(word[0]);
    const auto second = word.size() > 1 ? static_cast<unsigned char>(word[1]) : 0U;
    return (std::size_t{first} * 31U + second) % 256U;
  }
  // Swapping inner letters keeps the first and the length.
  static std::size_t scrambled_bucket_of(std::string_view word) {
    return (std::size_t{static_cast<unsigned char>(word[0])} * 7U + word.size()) % 64U;
  }
  std::array<std::vector<Stem>, 256> buckets_;
  std::array<std::vector<Scrambled>, 64> scrambled_;
};

const Lexicon& lexicon() {
  static const Lexicon words;
  return words;
}

class Sentence {
 public:
  explicit Sentence(const PlainWords& plain) : words_(plain.words()) {
    classes_.reserve(words_.size());
    for (const std::string_view word : words_) classes_.push_back(lexicon().classes_of(word));
  }

  // Where something begins that speaks to the checker.
  std::optional<std::size_t> suspicious_word() const {
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      if (classes_[i] != kNone && is_suspicious_from(i)) return i;
    }
    return std::nullopt;
  }

  std::string words_around(std::size_t at) const {
    std::string text;
    const std::size_t end = std::min(words_.size(), at + kShownWords);
    for (std::size_t i = at; i < end; ++i) text.append(text.empty() ? "" : " ").append(words_[i]);
    return text;
  }

 private:
  bool has(std::size_t at, std::uint32_t wanted) const {
    return at < classes_.size() && (classes_[at] & wanted) != 0;
  }
  bool follows(std::size_t at, std::uint32_t wanted, std::size_t within) const {
    for (std::size_t i = at + 1; i <= at + within; ++i) {
      if (has(i, wanted)) return true;
    }
    return false;
  }

  bool is_suspicious_from(std::size_t i) const {
    if (has(i, kOverride) && follows(i, kRules, kNear)) return true;
    if (has(i, kJudge) && follows(i, kVerdict, kNear)) return true;
    if (has(i, kJudge) && follows(i, kRow, kClose) && follows(i, kGood, kNear)) return true;
    if (has(i, kReply) && follows(i, kVerdict | kFormat, kNear)) return true;
    if (has(i, kReplyNoun) && follows(i, kVerdict, kNear)) return true;
    if (has(i, kShow) && follows(i, kPrompt, kNear)) return true;
    if (has(i, kPossessive) && has(i + 1, kPrompt)) return true;
    if (has(i, kYou) && follows(i, kNow, kClose) && follows(i, kMachine, kNear)) return true;
    if (has(i, kYou) && (follows(i, kMachine, 2) || (has(i + 1, kAre) && follows(i, kMachine, 4))))
      return true;
    if (has(i, kPretend) && (follows(i, kYou | kMachine | kVerdict, kNear) || has(i, kVerdict))) return true;
    return false;
  }

  const std::vector<std::string_view>& words_;
  std::vector<std::uint32_t> classes_;
};

std::optional<Suspicion> find_forged(const PlainWords& plain) {
  const std::string_view lowered = plain.lowered();
  const auto forged = [](std::string_view words) {
    return Suspicion{.kind = SuspicionKind::forged_reply, .words = std::string(words)};
  };
  if (plain.has_form_marks()) {
    for (const std::string_view mark : kForged) {
      if (lowered.contains(mark)) return forged(mark);
    }
  }
  for (const std::string_view words : kForgedWords) {
    if (lowered.contains(words)) return forged(words);
  }
  for (std::size_t colon = lowered.find(':'); colon != std::string_view::npos;
       colon = lowered.find(':', colon + 1)) {
    for (const std::string_view turn : kTurns) {
      if (colon < turn.size() || lowered.substr(colon - turn.size(), turn.size()) != turn) continue;
      const std::size_t at = colon - turn.size();
      if (at == 0 || lowered[at - 1] == '\n') return forged(turn);
    }
  }
  return std::nullopt;
}

std::optional<Suspicion> find_in_plain(const PlainWords& plain) {
  if (auto forged = find_forged(plain)) return forged;
  const Sentence sentence(plain);
  if (const auto at = sentence.suspicious_word()) {
    return Suspicion{.kind = SuspicionKind::instruction, .words = sentence.words_around(*at)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Suspicion> find_suspicion(std::string_view text) {
  // Statuses and dates: nothing to say in so few letters.
  if (text.size() < kShortestOrder || text.find_first_not_of("0123456789-./: ") == std::string_view::npos) {
    return std::nullopt;
  }
  const PlainWords plain(text);
  if (auto found = find_in_plain(plain)) return found;
  if (plain.tag_characters() > 0 || plain.direction_marks() > 0 ||
      plain.zero_width_characters() > kMostHidden) {
    return Suspicion{.kind = SuspicionKind::hidden_letters, .words = {}};
  }
  for (const std::string_view code : plain.base64_words(kShortestCode)) {
    const std::optional<std::string> decoded = decode_base64_text(code);
    if (!decoded) continue;
    if (auto found = find_in_plain(PlainWords(*decoded))) return found;
  }
  return std::nullopt;
}

}  // namespace sv::checks
