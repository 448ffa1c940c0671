// The exit codes of the program: a public contract. An unknown code must be treated as a failure.
// Small numbers are outcomes, sysexits(3) numbers are causes.
#pragma once

namespace sv {

enum class ExitCode : int {
  ok = 0,              // every row was processed; invalid rows are a result, not a failure
  invalid_rows = 1,    // only with --fail-on: so many rows are invalid; everything else went well
  rows_unjudged = 2,   // some rows could not be judged after all retries; they are listed
  limit_reached = 3,   // a budget or time limit was reached; resumable
  usage = 64,          // wrong command line
  bad_data = 65,       // the source is not what it should be
  no_input = 66,       // the source was not found
  unavailable = 69,    // no provider could be reached or used; the port to listen on is taken
  bug = 70,            // a broken invariant
  no_memory = 71,      // there is no more memory; resumable
  cannot_create = 73,  // the output, or the report beside it, cannot be created
  io = 74,             // input/output error, disk full
  try_again = 75,      // locked by another run, a quota that refills, or batches under way
  protocol = 76,       // the other side does not speak the protocol
  no_permission = 77,  // permissions or credentials
  config = 78,         // mistakes in the settings
  hung_up = 129,       // SIGHUP
  interrupted = 130,   // SIGINT
  terminated = 143,    // SIGTERM
};

}  // namespace sv
