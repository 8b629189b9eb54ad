# granary_module(name DEPENDS … LIBRARIES … HEADERS … SOURCES … TESTS … BENCHES …)
#
# Makes granary_<name> from the folder it is called in, and granary_<name>_test, its one test program.
# DEPENDS names modules (tools/tidy holds includes to it); LIBRARIES names third-party targets, which
# stay private to the module unless listed under PUBLIC_LIBRARIES. TESTDATA lets the tests find
# tests/testdata; the rest do without, so that their objects do not depend on where the tree lies.
function(granary_module name)
  cmake_parse_arguments(ARG "TESTDATA" "" "DEPENDS;LIBRARIES;PUBLIC_LIBRARIES;HEADERS;SOURCES;TESTS;BENCHES;TEST_LIBRARIES" ${ARGN})
  string(REPLACE "/" "_" target "granary_${name}")
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE granary_warnings ${ARG_LIBRARIES})
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src
                 FILES ${ARG_HEADERS})
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR}/src)
  set(depends ${ARG_DEPENDS})
  list(TRANSFORM depends REPLACE "/" "_")
  list(TRANSFORM depends PREPEND "granary_")
  target_link_libraries(${target} ${scope} ${depends} ${ARG_PUBLIC_LIBRARIES})

  if(ARG_TESTS AND BUILD_TESTING)
    add_executable(${target}_test ${ARG_TESTS})
    target_link_libraries(${target}_test PRIVATE ${target} granary_warnings ${ARG_LIBRARIES}
                          ${ARG_TEST_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main)
    if(ARG_TESTDATA)
      target_compile_definitions(${target}_test PRIVATE
        GRANARY_TESTDATA="${CMAKE_SOURCE_DIR}/tests/testdata")
    endif()
    add_test(NAME ${target}_test COMMAND ${target}_test)
    set_tests_properties(${target}_test PROPERTIES TIMEOUT 600)
  endif()
  if(ARG_BENCHES AND GRANARY_BENCH)
    add_executable(${target}_bench ${ARG_BENCHES})
    target_link_libraries(${target}_bench PRIVATE ${target} granary_warnings ${ARG_LIBRARIES}
                          benchmark::benchmark)
  endif()
endfunction()

# granary_fuzz(name module source…): one libFuzzer target of about ten lines, fuzz/<name>_fuzz.cc, on
# parsers of src/<module>. Their sources are compiled with coverage, which guides the fuzzer; nothing
# else is, so that unit tests, which are in the same build, stay as fast as they were.
function(granary_fuzz name module)
  if(GRANARY_FUZZ)
    string(REPLACE "/" "_" library "granary_${module}")
    add_executable(${name}_fuzz ${CMAKE_SOURCE_DIR}/fuzz/${name}_fuzz.cc)
    target_link_libraries(${name}_fuzz PRIVATE granary_warnings ${library})
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    set(coverage -fsanitize=fuzzer-no-link)
    if(module STREQUAL codec)
      # Codecs compare much in inner loops, and little with what an input could be made to equal.
      list(APPEND coverage -fno-sanitize-coverage=trace-cmp)
    endif()
    foreach(source ${ARGN})
      set(path ${CMAKE_SOURCE_DIR}/src/${module}/${source})
      if(NOT EXISTS ${path})
        message(FATAL_ERROR "fuzz target ${name}: there is no ${path}")
      endif()
      set_property(SOURCE ${path} TARGET_DIRECTORY ${library}
        APPEND PROPERTY COMPILE_OPTIONS ${coverage})
    endforeach()
  endif()
endfunction()
