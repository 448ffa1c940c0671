# Everything comes from the distribution's packages (./dev installs them); nothing is downloaded.
# Debian 12: Boost 1.81 is a versioned package; Debian 13 and Ubuntu 24.04: 1.83 is the default one.
set(Boost_NO_WARN_NEW_VERSIONS ON)
# What every start would have to load is linked in where there is an archive of it (Debian and Ubuntu have them): the
# C++ libraries, which cost the most symbol look-ups, SQLite and utf8proc. What speaks to the network, libcurl and
# OpenSSL, stays shared: its security updates must reach the program without a new build.
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(CURL 7.88 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(CLI11 REQUIRED)
find_path(SV_UTF8PROC_INCLUDE utf8proc.h REQUIRED)
find_library(SV_UTF8PROC_LIBRARY NAMES libutf8proc.a utf8proc REQUIRED)

add_library(sv_asio INTERFACE)
target_link_libraries(sv_asio INTERFACE Boost::boost Threads::Threads)
target_compile_definitions(sv_asio INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_ARRAY)

find_library(SV_SQLITE_ARCHIVE NAMES libsqlite3.a)
if(SV_SQLITE_ARCHIVE)
  set(SV_SQLITE "${SV_SQLITE_ARCHIVE}" Threads::Threads ${CMAKE_DL_LIBS} m)
else()
  set(SV_SQLITE SQLite::SQLite3)
endif()

if(fmt_VERSION VERSION_GREATER_EQUAL 9 AND fmt_VERSION VERSION_LESS 10)
  add_library(sv_fmt STATIC "${CMAKE_CURRENT_LIST_DIR}/fmt_library.cpp")
  target_link_libraries(sv_fmt PRIVATE sv_options)
  # As fmt::fmt sets it; on Linux it only names the symbols' visibility.
  target_compile_definitions(sv_fmt PUBLIC FMT_SHARED)
  set(SV_FMT sv_fmt)
else()
  set(SV_FMT fmt::fmt)
endif()

find_library(SV_YAML_ARCHIVE NAMES libyaml-cpp.a)
if(SV_YAML_ARCHIVE)
  set(SV_YAML "${SV_YAML_ARCHIVE}")
elseif(TARGET yaml-cpp::yaml-cpp)
  set(SV_YAML yaml-cpp::yaml-cpp)
else()
  set(SV_YAML yaml-cpp)
endif()

# Workbooks: C libraries, linked in where there is an archive.
find_path(SV_MINIZIP_INCLUDE minizip/unzip.h REQUIRED)
find_library(SV_MINIZIP NAMES libminizip.a minizip REQUIRED)
find_path(SV_EXPAT_INCLUDE expat.h REQUIRED)
find_library(SV_EXPAT NAMES libexpat.a expat REQUIRED)
find_path(SV_XLSXWRITER_INCLUDE xlsxwriter.h REQUIRED)
find_library(SV_XLSXWRITER NAMES xlsxwriter REQUIRED)
