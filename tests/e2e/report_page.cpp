#include "e2e/report_page.hpp"

#include <boost/json/parse.hpp>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace sv::e2e {

namespace {

std::string decode_base64(std::string_view text) {
  std::vector<unsigned char> bytes(text.size());
  const int size = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) throw std::runtime_error("a block is not base64");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return {bytes.begin(),
          bytes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(size) - padding)};
}

std::string inflate_all(const std::string& packed) {
  std::string text(std::size_t{8} << 20U, '\0');
  uLongf size = text.size();
  if (uncompress(reinterpret_cast<Bytef*>(text.data()), &size, reinterpret_cast<const Bytef*>(packed.data()),
                 packed.size()) != Z_OK) {
    throw std::runtime_error("a block cannot be inflated");
  }
  text.resize(size);
  return text;
}

}  // namespace

ReportPage read_report(std::string_view html) {
  constexpr std::string_view kRows = R"(<script type="application/json" class="rows">")";
  constexpr std::string_view kRun = R"(<script type="application/json" id="run">)";
  constexpr std::string_view kEnd = "</script>";
  ReportPage page;
  for (std::size_t at = html.find(kRows); at != std::string_view::npos; at = html.find(kRows, at + 1)) {
    const std::size_t begin = at + kRows.size();
    const std::string block = inflate_all(decode_base64(html.substr(begin, html.find('"', begin) - begin)));
    for (auto& row : boost::json::parse(block).as_array()) page.rows.push_back(row);
  }
  const std::size_t run = html.find(kRun);
  if (run == std::string_view::npos) throw std::runtime_error("the page has no run");
  const std::size_t begin = run + kRun.size();
  const std::string_view json = html.substr(begin, html.find(kEnd, begin) - begin);
  page.run = boost::json::parse({json.data(), json.size()}).as_object();
  return page;
}

std::int64_t ReportPage::count(std::string_view name) const {
  return run.at("counts").as_object().at({name.data(), name.size()}).to_number<std::int64_t>();
}

std::size_t ReportPage::rows_with(std::size_t cell, std::string_view text) const {
  return static_cast<std::size_t>(std::ranges::count_if(rows, [&](const boost::json::value& row) {
    const boost::json::string& found = row.as_array().at(cell).as_string();
    return std::string_view(found.data(), found.size()) == text;
  }));
}

std::size_t ReportPage::rows_with(std::size_t cell, std::int64_t number) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      rows, [&](const boost::json::value& row) { return row.as_array().at(cell).as_int64() == number; }));
}

bool ReportPage::has_gap(std::string_view name) const {
  return std::ranges::any_of(run.at("gaps").as_array(), [&](const boost::json::value& gap) {
    const boost::json::string& found = gap.as_array().at(0).as_string();
    return std::string_view(found.data(), found.size()) == name;
  });
}

}  // namespace sv::e2e
