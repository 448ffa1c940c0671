# cmake -DFOLDER=… -DOUTPUT=… -DROOM=… -P embed_page.cmake: the page's files as constants of a C++ source (sv_page).
# A raw string of more than 64 KB is no portable C++, so each file is one string, and they are joined by the program.
set(scripts "")
set(constants "")
file(GLOB names RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT names)
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}" text)
  if(text MATCHES "\\)page\"")
    message(FATAL_ERROR "${name} holds the end of the raw string: )page\"")
  endif()
  if(name MATCHES "\\.js$")
    string(APPEND scripts "    std::string_view(R\"page(${text})page\"),\n")
  elseif(name STREQUAL "page.css")
    string(APPEND constants "const std::string_view kPageStyle = R\"page(${text})page\";\n")
  elseif(name STREQUAL "page.html")
    string(APPEND constants "const std::string_view kPageFrame = R\"page(${text})page\";\n")
  endif()
endforeach()
file(WRITE "${OUTPUT}" "// Made from src/${ROOM}/page/ by cmake/embed_page.cmake: change those files.
#include \"${ROOM}/page_files.hpp\"

#include <array>

namespace sv::${ROOM} {

${constants}
namespace {
constexpr auto kScripts = std::to_array<std::string_view>({
${scripts}});
}  // namespace

std::span<const std::string_view> page_scripts() { return kScripts; }

}  // namespace sv::${ROOM}
")
