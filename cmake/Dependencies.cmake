# Every third-party library, as an imported or interface target. Each has a page in docs/decisions/.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(yaml-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(CMARK REQUIRED IMPORTED_TARGET libcmark-gfm)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)

# Asio and Beast, marked SYSTEM by being imported. Asio's own functions are compiled once, in
# src/net/asio.cc, so whoever uses Asio links granary_net.
add_library(granary_boost INTERFACE)
target_link_libraries(granary_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(granary_boost INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_ASIO_SEPARATE_COMPILATION)

if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()
if(GRANARY_BENCH)
  find_package(benchmark REQUIRED)
endif()

# BLAKE3: the official C and assembly sources, which Debian ships in a Rust package only.
file(GLOB blake3_sources_found /usr/share/cargo/registry/blake3-*/c/blake3.c)
if(NOT blake3_sources_found)
  message(FATAL_ERROR "BLAKE3's C sources are missing: install librust-blake3-dev")
endif()
list(GET blake3_sources_found 0 blake3_source)
get_filename_component(blake3_directory ${blake3_source} DIRECTORY)
add_library(granary_blake3 STATIC
  ${blake3_directory}/blake3.c ${blake3_directory}/blake3_dispatch.c
  ${blake3_directory}/blake3_portable.c)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
  foreach(variant sse2 sse41 avx2 avx512)
    target_sources(granary_blake3 PRIVATE ${blake3_directory}/blake3_${variant}_x86-64_unix.S)
  endforeach()
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  target_sources(granary_blake3 PRIVATE ${blake3_directory}/blake3_neon.c)
  target_compile_definitions(granary_blake3 PRIVATE BLAKE3_USE_NEON=1)
endif()
target_include_directories(granary_blake3 SYSTEM PUBLIC ${blake3_directory})
# -O2 also in Debug: unoptimised, it would be most of the tests' time.
target_compile_options(granary_blake3 PRIVATE -O2 -Wno-unused-command-line-argument)
