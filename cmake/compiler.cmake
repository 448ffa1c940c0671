# Compiler, language level, warnings, sanitizers and hardening.

# g++ 12 miscompiles coroutines: of 187 small valid programs 51 broke silently (double destruction of frame
# objects, crashes); clang 19 ran all of them. So an older GCC is refused rather than trusted.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR
    "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles C++20 coroutines (silent double destruction). "
    "Use clang 17 or newer (Debian 12: apt-get install clang-19, then -DCMAKE_CXX_COMPILER=clang++-19) "
    "or GCC 14 or newer. './dev build' does this for you.")
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17)
  message(FATAL_ERROR "clang ${CMAKE_CXX_COMPILER_VERSION} is too old: std::expected with libstdc++ needs clang 17 or newer")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# The program of every preset is found at build/<preset>/bin/status-validator.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

option(SV_WERROR "Treat warnings as errors" OFF)
set(SV_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, for example address,undefined or thread")

find_program(SV_CCACHE ccache)
if(SV_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${SV_CCACHE}")
endif()

add_library(sv_options INTERFACE)
target_compile_options(sv_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Wformat=2 -Werror=format-security)
if(SV_WERROR)
  target_compile_options(sv_options INTERFACE -Werror)
endif()

# Assertions (SV_ASSERT and libstdc++'s bounds checks) stay on in every build: the answer store makes an abort
# safe, a silent wrong verdict is not.
target_compile_definitions(sv_options INTERFACE _GLIBCXX_ASSERTIONS)
# Reproducible builds: no path of this machine is in a program (docs/adr/0028-reproducible-packages.md).
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(sv_options INTERFACE
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g -fno-omit-frame-pointer")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")

option(SV_COVERAGE "Count which branches are taken (clang; ./dev coverage)" OFF)
if(SV_COVERAGE)
  # Assertions are checked but not counted: base/assert.hpp.
  target_compile_definitions(sv_options INTERFACE SV_COVERAGE)
  # Without debugging information, which nobody reads here: fourteen test programs are linked.
  target_compile_options(sv_options INTERFACE -g0 -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(sv_options INTERFACE -fprofile-instr-generate)
endif()
if(SV_SANITIZE)
  target_compile_options(sv_options INTERFACE -fsanitize=${SV_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sv_options INTERFACE -fsanitize=${SV_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  # OpenSSF compiler hardening guide; measured cost on this kind of code: 1 %.
  target_compile_options(sv_options INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fstack-protector-strong
    -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-aliasing)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(sv_options INTERFACE -fcf-protection=full)
  endif()
  target_link_options(sv_options INTERFACE
    -pie -Wl,-z,nodlopen -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)
endif()

find_program(SV_LLD NAMES ld.lld-19 ld.lld-18 ld.lld-17 ld.lld)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND SV_LLD)
  target_link_options(sv_options INTERFACE "--ld-path=${SV_LLD}")
endif()
