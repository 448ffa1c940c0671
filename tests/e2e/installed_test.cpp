// What the package brings beside the program, read by the tools that it is for. A tool that is not here is
// named as the reason of a skip.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sv::e2e {
namespace {

namespace fs = std::filesystem;

struct Said {
  int exit_code = -1;
  std::string text;  // both streams
};

Said shell(const Directory& directory, const std::string& command) {
  const int status =
      std::system(("cd '" + directory.path() + "' && { " + command + "; } >said.txt 2>&1").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, directory.read("said.txt")};
}

bool is_here(const Directory& directory, const std::string& tool) {
  return shell(directory, "command -v " + tool).exit_code == 0;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class Installed : public testing::Test {
 protected:
  // False: skipped.
  bool needs(const std::string& tool) const { return is_here(directory_, tool); }
  void write_output(const std::string& name, const std::vector<std::string>& arguments) const {
    const Finished finished = run(directory_, arguments);
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    directory_.write(name, finished.out);
  }
  Directory directory_;
};

// U-07.
TEST_F(Installed, groff_has_nothing_to_say_about_the_manual_page) {
  if (!needs("groff")) GTEST_SKIP() << "groff is not installed";
  write_output("page.1", {"man-page"});
  const Said said = shell(directory_, "groff -ww -man -Tutf8 page.1 2>&1 >page.txt");
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_EQ(said.text, "");
  EXPECT_NE(directory_.read("page.txt").find("Treat any other code as a failure."), std::string::npos);
}

TEST_F(Installed, mandoc_has_nothing_to_say_about_the_manual_page) {
  if (!needs("mandoc")) GTEST_SKIP() << "mandoc is not installed";
  write_output("page.1", {"man-page"});
  const Said said = shell(directory_, "mandoc -Tlint -Wwarning page.1");
  EXPECT_EQ(said.exit_code, 0) << said.text;
}

TEST_F(Installed, bash_reads_its_completions) {
  write_output("completion", {"completion", "bash"});
  EXPECT_EQ(shell(directory_, "bash -n completion").text, "");
}

TEST_F(Installed, zsh_reads_its_completions) {
  if (!needs("zsh")) GTEST_SKIP() << "zsh is not installed";
  write_output("_status-validator", {"completion", "zsh"});
  const Said said = shell(directory_,
                          "zsh -f -c 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -D -u; "
                          "autoload +X _status-validator; print ${_comps[status-validator]}'");
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_EQ(said.text, "_status-validator\n");
}

TEST_F(Installed, fish_reads_its_completions) {
  if (!needs("fish")) GTEST_SKIP() << "fish is not installed";
  write_output("completion.fish", {"completion", "fish"});
  const Said said =
      shell(directory_, "fish -N -c 'source completion.fish; complete -C \"status-validator pl\"'");
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_NE(said.text.find("plan\t"), std::string::npos) << said.text;
}

class Units : public Installed {
 protected:
  // As they are packaged, but for the program: it is not installed here.
  void copy_units() const {
    for (const char* name : {"status-validator@.service", "status-validator@.timer"}) {
      std::string text = text_of(fs::path(SV_SOURCE_DIR) / "packaging/systemd" / name);
      ASSERT_FALSE(text.empty()) << name;
      const std::string program = "/usr/bin/status-validator";
      for (std::size_t at = text.find(program); at != std::string::npos; at = text.find(program, at))
        text.replace(at, program.size(), "/bin/true");
      directory_.write(name, text);
    }
  }
};

TEST_F(Units, systemd_takes_them) {
  if (!needs("systemd-analyze")) GTEST_SKIP() << "systemd-analyze is not installed";
  copy_units();
  const std::string verify =
      "systemd-analyze verify --man=no ./status-validator@.service ./status-validator@.timer";
  const Said said = shell(directory_, verify);
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_EQ(said.text, "");
  // And it would say something.
  directory_.write("status-validator@.service",
                   directory_.read("status-validator@.service") + "ProtectSytem=strict\n");
  EXPECT_NE(shell(directory_, verify).text.find("ProtectSytem"), std::string::npos);
}

// 1.5 when this was written, on a scale from 0 (locked up) to 10.
TEST_F(Units, the_service_can_do_little) {
  if (!needs("systemd-analyze")) GTEST_SKIP() << "systemd-analyze is not installed";
  copy_units();
  if (shell(directory_, "systemd-analyze security --help").text.find("--offline") == std::string::npos)
    GTEST_SKIP() << "systemd-analyze is older than 250: it cannot judge a unit that is not loaded";
  const std::string judge = "systemd-analyze security --offline=true --no-pager --threshold=";
  const Said said = shell(directory_, judge + "20 ./status-validator@.service");
  EXPECT_EQ(said.exit_code, 0) << said.text;
  EXPECT_NE(said.text.find("Overall exposure level"), std::string::npos) << said.text;
  EXPECT_NE(shell(directory_, judge + "5 ./status-validator@.service").exit_code, 0) << "it does judge";
}

}  // namespace
}  // namespace sv::e2e
