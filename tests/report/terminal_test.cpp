#include "report/terminal.hpp"

#include <gtest/gtest.h>

namespace sv::report {
namespace {

TerminalFacts terminal() {
  TerminalFacts facts;
  facts.is_terminal = true;
  facts.term = "xterm-256color";
  return facts;
}

TEST(TerminalMode, a_terminal_has_colour_and_animation) {
  EXPECT_TRUE(decide_terminal_mode(terminal()).color);
  EXPECT_TRUE(decide_terminal_mode(terminal()).animation);
}

TEST(TerminalMode, a_file_has_neither) {
  TerminalFacts facts = terminal();
  facts.is_terminal = false;
  EXPECT_FALSE(decide_terminal_mode(facts).color);
  EXPECT_FALSE(decide_terminal_mode(facts).animation);
}

TEST(TerminalMode, no_color_counts_when_it_is_not_empty) {
  TerminalFacts facts = terminal();
  facts.no_color = "";
  EXPECT_TRUE(decide_terminal_mode(facts).color);
  facts.no_color = "0";
  EXPECT_FALSE(decide_terminal_mode(facts).color);
  EXPECT_TRUE(decide_terminal_mode(facts).animation);
  facts.force_color = "1";
  EXPECT_FALSE(decide_terminal_mode(facts).color);
  facts.asked = ColorChoice::always;
  EXPECT_TRUE(decide_terminal_mode(facts).color);
}

TEST(TerminalMode, forced_colour_never_forces_animation) {
  TerminalFacts facts;
  facts.force_color = "1";
  EXPECT_TRUE(decide_terminal_mode(facts).color);
  EXPECT_FALSE(decide_terminal_mode(facts).animation);
  facts.force_color = "0";
  EXPECT_FALSE(decide_terminal_mode(facts).color);
  facts.asked = ColorChoice::always;
  EXPECT_FALSE(decide_terminal_mode(facts).animation);
}

TEST(TerminalMode, a_dumb_or_unknown_terminal_is_not_redrawn) {
  TerminalFacts facts = terminal();
  facts.term = "dumb";
  EXPECT_FALSE(decide_terminal_mode(facts).color);
  EXPECT_FALSE(decide_terminal_mode(facts).animation);
  facts.term = std::nullopt;
  EXPECT_FALSE(decide_terminal_mode(facts).animation);
}

TEST(TerminalMode, the_width_of_what_is_no_terminal_is_80) { EXPECT_EQ(terminal_columns(-1), 80U); }

}  // namespace
}  // namespace sv::report
