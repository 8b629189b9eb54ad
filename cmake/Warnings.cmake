# The flags of our own targets. Third-party headers are system headers and stay silent.
add_library(granary_warnings INTERFACE)
target_compile_options(granary_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror>
  # Leaving a field out of a designated initialiser means its default: that is what they are for.
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-missing-designated-field-initializers>
  -fstack-protector-strong -ftrivial-auto-var-init=zero)
target_compile_definitions(granary_warnings INTERFACE
  _GLIBCXX_ASSERTIONS
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=3>)
target_link_options(granary_warnings INTERFACE -Wl,-z,relro,-z,now)
