#include "cli/program.hpp"

int main(int argc, char** argv) { return static_cast<int>(sv::cli::run_program(argc, argv)); }
