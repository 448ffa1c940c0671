#include "cli/program.hpp"

// libcurl brings GnuTLS along for protocols that this program never speaks (RTMPS, LDAPS), and GnuTLS sets
// itself up when the program is loaded: 2 ms of the 30 that there are until the first request. This is its
// documented way to say no (GNUTLS_SKIP_GLOBAL_INIT); whoever did want it would still set it up at first use.
extern "C" int _gnutls_global_init_skip();  // NOLINT(bugprone-reserved-identifier): GnuTLS's name
extern "C" int _gnutls_global_init_skip() { return 1; }

int main(int argc, char** argv) { return static_cast<int>(sv::cli::run_program(argc, argv)); }
