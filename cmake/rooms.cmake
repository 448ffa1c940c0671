# sv_room(NAME [SEES room...] [LINKS library...])
# A room is a folder of src/ and one static library. SEES names the rooms it may include; the test
# tests/architecture checks the includes against the same table. A room without sources is header-only.
function(sv_room name)
  cmake_parse_arguments(ROOM "" "" "SEES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(visible "")
  foreach(room IN LISTS ROOM_SEES)
    list(APPEND visible sv_${room})
  endforeach()
  if(sources)
    add_library(sv_${name} STATIC ${sources})
    target_link_libraries(sv_${name} PUBLIC ${visible} ${ROOM_LINKS} PRIVATE sv_options)
    target_include_directories(sv_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  else()
    add_library(sv_${name} INTERFACE)
    target_link_libraries(sv_${name} INTERFACE ${visible} ${ROOM_LINKS})
    target_include_directories(sv_${name} INTERFACE "${CMAKE_SOURCE_DIR}/src")
  endif()
endfunction()

# sv_test(NAME [LINKS library...] [TIMEOUT seconds]): every *_test.cpp of tests/NAME becomes one test program.
function(sv_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT" "LINKS" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE ${TEST_LINKS} GTest::gmock GTest::gtest_main rapidcheck sv_options sv_test_options)
  target_include_directories(${name}_test PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  target_compile_definitions(${name}_test PRIVATE SV_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${name}." PROPERTIES TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "RC_PARAMS=max_success=1000")
endfunction()

# sv_page(ROOM): puts the files of src/ROOM/page/ into the room's library, as the constants of ROOM/page_files.hpp. They
# stay real files, so that editors, linters and people read them as what they are; scripts and style sheets are joined in
# the order of their names' numbers.
function(sv_page room)
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}/${room}/page")
  set(made "${CMAKE_CURRENT_BINARY_DIR}/${room}_page_files.cpp")
  file(GLOB parts CONFIGURE_DEPENDS "${folder}/*")
  add_custom_command(OUTPUT "${made}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DOUTPUT=${made}" "-DROOM=${room}"
      -P "${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake"
    DEPENDS ${parts} "${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake"
    COMMENT "Embedding the page of ${room}/")
  target_sources(sv_${room} PRIVATE "${made}")
endfunction()
