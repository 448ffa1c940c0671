// Writes the report: one HTML file that needs nothing else, neither a network nor a server.
//
//   page.html with the style sheet in it
//   <script type="application/json" class="rows">"BASE64"</script>   about a thousand rows each, JSON,
//   deflated <script type="application/json" id="run">{…}</script>            the run, in plain text
//   <script>…</script>                                               page/*.js
//
// Rows are packed because 10,000 of them are 11 MB of JSON and a mail takes 5; a block at a time, so that
// writing needs the memory of one block, and the browser shows the first before it has read the last.
//
// Nothing that stands in the page can act: the policy in its head allows this very script and this very style
// by their hashes and nothing else (no address, no image, no eval, no HTML made of strings), and all data is
// in elements of JSON, in which `<`, `>` and `&` are written as \u003c, \u003e and \u0026.
#pragma once

#include "base/error.hpp"
#include "domain/language.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace sv::report {

// JSON that may stand in an HTML script element: the same value.
std::string json_for_html(std::string_view json);

class PageWriter {
 public:
  using Write = std::function<Result<void>(std::string_view)>;

  // `write` takes the file piece by piece; its errors are passed on.
  explicit PageWriter(Write write) : write_(std::move(write)) {}

  Result<void> begin(domain::Language language);
  // `json`: see page_row.hpp.
  Result<void> add_row(std::string_view json);
  // `run_json`: see run_page.hpp.
  Result<void> finish(std::string_view run_json);

 private:
  Result<void> write_block();

  Write write_;
  std::string block_;
};

}  // namespace sv::report
