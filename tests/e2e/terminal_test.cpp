// The program in front of a terminal, and in front of none.
#include "e2e/program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <string>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace sv::e2e {
namespace {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

// A process whose standard error is a terminal of its own; standard output goes to a file.
class OnTerminal {
 public:
  OnTerminal(const Words& arguments, const Directory& directory, unsigned short columns,
             Variables environment = {}) {
    environment.insert({{"PATH", "/usr/bin:/bin"},
                        {"LANG", "C.UTF-8"},
                        {"TERM", "xterm-256color"},
                        {"OPENAI_API_KEY", "k"},
                        {"HOME", directory.path()}});
    const Call call(arguments, std::move(environment));
    const std::string out = directory.file("stdout");
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ < 0) throw std::runtime_error("there is no pseudo-terminal: is /dev/pts mounted?");
    if (pid_ == 0) {
      const int file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(file, 1);
      if (::chdir(directory.path().c_str()) == 0) ::execve(SV_PROGRAM, call.argv(), call.envp());
      ::_exit(127);
    }
  }
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;
  ~OnTerminal() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(terminal_);
  }

  void resize(unsigned short columns) const {
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(terminal_, TIOCSWINSZ, &size);
  }
  // As the terminal does it for Ctrl-C.
  void interrupt() const { ASSERT_EQ(::write(terminal_, "\x03", 1), 1); }
  // Reads on until `part` has come; false: it never does.
  bool read_until(const std::string& part) {
    while (screen_.find(part) == std::string::npos) {
      if (!read_more()) return false;
    }
    return true;
  }
  // Everything that it showed; gives the exit code.
  int wait() {
    while (read_more()) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  const std::string& screen() const { return screen_; }

 private:
  bool read_more() {
    constexpr int kPatience = 120'000;  // milliseconds
    pollfd waiting{.fd = terminal_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kPatience) != 1) return false;
    char bytes[4096];
    const ssize_t count = ::read(terminal_, bytes, sizeof bytes);
    if (count <= 0) return false;
    screen_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int terminal_ = -1;
  pid_t pid_ = -1;
  std::string screen_;
};

std::string sheet(int rows) {
  std::string text = "Status,Comment\n";
  for (int i = 0; i < rows; ++i) text += "Done,\"Done: " + std::to_string(i) + ". Plan: none.\"\n";
  return text;
}

class Terminal : public testing::Test {
 protected:
  Terminal() {
    directory_.write("statuses.csv", sheet(60));
    directory_.write("rules.md", "1. Say what is done.\n");
  }
  Words job(const Words& more = {}) const {
    Words words{"run", "statuses.csv", "--output",   "review.csv", "--rules", "rules.md", "--model",
                "m",   "--force",      "--base-url", "--workers",  "5"};
    words.insert(words.end() - 2, simulator_.base_url());
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Simulator simulator_{{"--latency", "60ms"}};
  Directory directory_;
};

TEST_F(Terminal, shows_a_block_that_follows_the_window_and_is_gone_at_the_end) {
  OnTerminal process(job(), directory_, 80);
  ASSERT_TRUE(process.read_until("/60  ")) << process.screen();
  process.resize(24);
  ASSERT_TRUE(process.read_until("\x1b[J"));
  EXPECT_EQ(process.wait(), 0) << process.screen();
  const std::string& screen = process.screen();
  EXPECT_NE(screen.find("in flight "), std::string::npos);
  EXPECT_NE(screen.find("\x1b[32m█"), std::string::npos) << "in colour";
  // What the block had switched is switched back, and the summary begins on a line that was erased.
  EXPECT_GT(screen.rfind("\x1b[?7h"), screen.rfind("\x1b[?7l"));
  EXPECT_EQ(screen.find("\x1b[?25l"), std::string::npos) << "the cursor is never hidden";
  const std::size_t summary = screen.find("Rows ");
  ASSERT_NE(summary, std::string::npos) << screen;
  EXPECT_GT(screen.rfind("\r\x1b[J", summary), screen.rfind("\x1b[?7h"));
}

TEST_F(Terminal, a_dumb_one_and_one_without_colours_get_what_they_can_show) {
  OnTerminal dumb(job(), directory_, 80, {{"TERM", "dumb"}});
  EXPECT_EQ(dumb.wait(), 0);
  EXPECT_EQ(dumb.screen().find('\x1b'), std::string::npos) << dumb.screen();
  OnTerminal plain(job(), directory_, 80, {{"NO_COLOR", "1"}});
  EXPECT_EQ(plain.wait(), 0);
  EXPECT_NE(plain.screen().find("\x1b[?7l"), std::string::npos) << "the block is no colour";
  for (std::size_t at = plain.screen().find('\x1b'); at != std::string::npos;
       at = plain.screen().find('\x1b', at + 1)) {
    EXPECT_NE(plain.screen()[plain.screen().find_first_of("ABCDHJKhlm", at + 2)], 'm');
  }
}

// U-09.
TEST_F(Terminal, ctrl_c_says_what_is_awaited_and_the_second_ends_at_once) {
  const Simulator slow({"--latency", "20s"});
  Words words = job();
  *std::ranges::find(words, simulator_.base_url()) = slow.base_url();
  OnTerminal process(words, directory_, 100);
  slow.wait_until("in_flight.max", 5);
  process.interrupt();
  ASSERT_TRUE(process.read_until("finishing 5 requests")) << process.screen();
  ASSERT_TRUE(process.read_until("press Ctrl+C again to stop now")) << process.screen();
  ASSERT_TRUE(process.read_until("stopping: finishing 5 requests, Ctrl+C again stops now"))
      << process.screen();
  process.interrupt();
  EXPECT_EQ(process.wait(), 130);
  EXPECT_TRUE(process.screen().ends_with("\r\x1b[J")) << "the block is taken away for the prompt";
}

// U-02: what is piped elsewhere has neither escapes nor carriage returns, whatever the environment says.
TEST_F(Terminal, without_one_there_is_no_escape_and_standard_output_has_results_only) {
  const std::vector<Variables> environments{{{"NO_COLOR", "1"}},    {{"TERM", "dumb"}},   {{"TERM", ""}},
                                            {{"CI", "1"}},          {{"LANG", "C"}},      {{"COLUMNS", "20"}},
                                            {{"FORCE_COLOR", "0"}}, {{"COLUMNS", "200"}}, {}};
  for (Variables environment : environments) {
    environment["OPENAI_API_KEY"] = "k";
    const Finished finished = run(directory_, job({"--json", "--verbose"}), environment);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ((finished.out + finished.err).find_first_of("\r\x1b"), std::string::npos) << finished.err;
    EXPECT_EQ(std::ranges::count(finished.out, '\n'), 61) << "a line a row and the summary";
    EXPECT_EQ(figure(last_line(finished.out), "rows"), 60U);
  }
  // Forced colours are colours, never a redrawn line.
  for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE"}) {
    const Finished forced = run(directory_, job({"--json"}), {{"OPENAI_API_KEY", "k"}, {name, "1"}});
    EXPECT_EQ(forced.out.find('\x1b'), std::string::npos);
    EXPECT_EQ(forced.err.find('\r'), std::string::npos);
    EXPECT_NE(forced.err.find("\x1b["), std::string::npos) << forced.err;
    EXPECT_EQ(forced.err.find("\x1b[J"), std::string::npos);
  }
  // CLICOLOR_FORCE=0 does not force; unlike FORCE_COLOR=0 it does not forbid either.
  const Variables not_forced{{"CLICOLOR_FORCE", "0"}, {"OPENAI_API_KEY", "k"}};
  EXPECT_EQ(run(directory_, job(), not_forced).err.find('\x1b'), std::string::npos);
  OnTerminal usual(job(), directory_, 80, not_forced);
  EXPECT_EQ(usual.wait(), 0);
  EXPECT_NE(usual.screen().find("\x1b[32m"), std::string::npos) << "a terminal has colours";
  OnTerminal forbidden(job(), directory_, 80, {{"FORCE_COLOR", "0"}});
  EXPECT_EQ(forbidden.wait(), 0);
  EXPECT_EQ(forbidden.screen().find("\x1b[32m"), std::string::npos);
}

// `run --json | jq` has something to do while the run goes on.
TEST_F(Terminal, lines_of_json_come_one_by_one) {
  // Some answers come at once, and then those in flight keep the run waiting.
  const Simulator slow({"--latency", "mixture:50%=10ms,50%=60s"});
  Words words = job({"--json"});
  *std::ranges::find(words, simulator_.base_url()) = slow.base_url();
  Process process(words, directory_.path(), {{"OPENAI_API_KEY", "k"}});
  wait_for([&] { return process.out().contains('\n') || process.has_ended(); }, "a line");
  EXPECT_FALSE(process.has_ended()) << "all at the end";
  process.signal(SIGKILL);
  process.wait();
}

// U-03: the codes that no other test reaches.
TEST_F(Terminal, a_bug_is_70) {
  const Simulator slow({"--latency", "60s"});
  Words words = job({"--json"});
  *std::ranges::find(words, simulator_.base_url()) = slow.base_url();
  Process process(words, directory_.path(), {{"OPENAI_API_KEY", "k"}});
  slow.wait_until("requests", 1);
  process.signal(SIGABRT);  // as a broken invariant does it (base_test: Assertion)
  const Finished finished = process.wait();
  EXPECT_EQ(finished.exit_code, 70) << finished.err;
  EXPECT_EQ(last_line(finished.err), R"({"type":"exit_error","code":70})");
}

TEST_F(Terminal, a_full_disk_is_74) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  directory_.write("statuses.csv", sheet(300));
  // Both are inherited; a write beyond the limit fails instead of ending the process.
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit full = before;
  full.rlim_cur = 64 << 10;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const Finished finished = run(directory_, job());
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(finished.exit_code, 74) << finished.err;
  EXPECT_NE(finished.err.find("check the disk"), std::string::npos) << finished.err;
}

TEST_F(Terminal, a_run_that_is_terminated_ends_with_143) {
  directory_.write("statuses.csv", sheet(500));
  Process process(job(), directory_.path(), {{"OPENAI_API_KEY", "k"}});
  simulator_.wait_until("verdicts", 5);
  process.signal(SIGTERM);
  const Finished finished = process.wait();
  EXPECT_EQ(finished.exit_code, 143) << finished.err;
  EXPECT_NE(finished.err.find("press Ctrl+C again to stop now"), std::string::npos) << finished.err;
}

// U-16.
TEST_F(Terminal, verbose_adds_and_quiet_takes_away) {
  const Finished quiet = run(directory_, job({"--quiet"}));
  EXPECT_EQ(quiet.exit_code, 0);
  EXPECT_EQ(quiet.out + quiet.err, "");
  OnTerminal on_terminal(job({"--quiet"}), directory_, 80);
  EXPECT_EQ(on_terminal.wait(), 0);
  EXPECT_EQ(on_terminal.screen(), "") << "no block either";
  for (const bool is_verbose : {true, false}) {
    // Something to tell: a field that the model refuses.
    const Simulator picky({"--refuse", "temperature"});
    Words words = job(is_verbose ? Words{"--verbose"} : Words{});
    *std::ranges::find(words, simulator_.base_url()) = picky.base_url();
    const Finished told = run(directory_, words);
    EXPECT_EQ(told.err.find("debug: ") != std::string::npos, is_verbose) << told.err;
  }
}

}  // namespace
}  // namespace sv::e2e
