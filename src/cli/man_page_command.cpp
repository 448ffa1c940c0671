#include "cli/man_page_command.hpp"

#include "cli/exit_code_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace sv::cli {

namespace {

// Text that roff takes as it is: no line of it is a request, no letter an escape.
std::string roff(std::string_view text) {
  std::string all;
  bool begins_line = true;
  for (const char c : text) {
    if (begins_line && (c == '.' || c == '\'')) all += "\\&";
    if (c == '\\') {
      all += "\\e";
    } else if (c == '-') {
      all += "\\-";  // so that it can be copied from the page
    } else {
      all += c;
    }
    begins_line = c == '\n';
  }
  return all;
}

// "-o,--output FILE", bold but for the value.
std::string option_term(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += fmt::format("\\fB\\-{}\\fR, ", roff(name));
  for (const std::string& name : option.get_lnames()) names += fmt::format("\\fB\\-\\-{}\\fR, ", roff(name));
  if (names.empty()) return fmt::format("\\fI{}\\fR", roff(option.get_name(true)));
  names.resize(names.size() - 2);
  if (option.get_items_expected_max() > 0) names += fmt::format(" \\fI{}\\fR", roff(option.get_type_name()));
  return names;
}

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) names.push_back(option->get_name(true, true));
  return names;
}

void add_options(const CLI::App& app, std::string& page) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames() == std::vector<std::string>{"help"}) continue;
    std::string help = option->get_description();
    if (!option->get_default_str().empty()) help += fmt::format(" [{}]", option->get_default_str());
    page += fmt::format(".TP\n{}\n{}\n", option_term(*option), roff(help));
  }
}

// `like`: a command whose options are not written down twice.
void add_command(const CLI::App& app, const std::string& path, const CLI::App& like, std::string& page) {
  page += fmt::format(".SS status\\-validator {}\n{}\n", roff(path), roff(app.get_description()));
  if (&app != &like && names_of(app) == names_of(like)) {
    page += fmt::format(".PP\nTakes the options of \\fB{}\\fR.\n", roff(like.get_name()));
  } else {
    add_options(app, page);
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    add_command(*sub, path + " " + sub->get_name(), like, page);
  }
}

}  // namespace

std::string man_page(const CLI::App& app) {
  std::string page = ".TH STATUS\\-VALIDATOR 1 \"" SV_VERSION_DATE "\" \"status\\-validator " SV_VERSION
                     "\" \"User commands\"\n";
  page +=
      ".SH NAME\nstatus\\-validator \\- check project status rows against a rulebook with a language model\n";
  page +=
      ".SH SYNOPSIS\n\\fBstatus\\-validator\\fR \\fB\\-\\-config\\fR \\fIFILE\\fR [\\fIOPTION\\fR ...]\n.br\n"
      "\\fBstatus\\-validator\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR ...] [\\fIFILE\\fR]\n";
  page += fmt::format(
      ".SH DESCRIPTION\n.nf\n{}\n.fi\n.PP\nWithout a command it does what \\fBrun\\fR does.\n.SH COMMANDS\n",
      roff(app.get_description()));
  const CLI::App* const run = app.get_subcommand("run");
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    add_command(*sub, sub->get_name(), *run, page);
  }
  page += ".SH EXIT STATUS\n";
  for (const ExitCodeMeaning& row : kExitCodeTable) {
    page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", static_cast<int>(row.code), roff(row.meaning));
  }
  page += ".PP\nTreat any other code as a failure.\n";
  page += fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", roff(app.get_footer()));
  page +=
      ".SH ENVIRONMENT\n.TP\n\\fBOPENAI_API_KEY\\fR, \\fBOPENAI_BASE_URL\\fR, \\fBOPENAI_MODEL\\fR\nKey, "
      "address and "
      "model where settings and options name none. Keys have no option.\n.TP\n\\fBNO_COLOR\\fR\nNo colours.\n"
      ".TP\n\\fBhttp_proxy\\fR, \\fBhttps_proxy\\fR, \\fBno_proxy\\fR\nProxies.\n";
  page +=
      ".SH FILES\n.TP\n\\fI/usr/share/doc/status\\-validator\\fR\nThe documents, config.example.yaml and "
      "examples in "
      "English and Russian.\n.TP\n\\fI/etc/status\\-validator/NAME.yaml\\fR\nSettings of the weekly run "
      "\\fBstatus\\-validator@NAME.timer\\fR; its key in \\fINAME.env\\fR beside it.\n";
  return page;
}

void add_man_page_command(CLI::App& app, std::optional<ExitCode>& result) {
  CLI::App* command =
      app.add_subcommand("man-page", "Print the manual page: status-validator man-page | man -l -");
  command->callback([&app, &result] {
    fmt::print("{}", man_page(app));
    result = ExitCode::ok;
  });
}

}  // namespace sv::cli
