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
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

# Header-only: Asio and Beast. Marked SYSTEM by being imported.
add_library(granary_boost INTERFACE)
target_link_libraries(granary_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(granary_boost INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()
if(GRANARY_BENCH)
  find_package(benchmark REQUIRED)
endif()
