# Turns GRANARY_SANITIZE into compile and link flags for every target, ours and C sources alike.
if(GRANARY_SANITIZE)
  add_compile_options(-fsanitize=${GRANARY_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GRANARY_SANITIZE})
  if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    # -O1 keeps sanitised tests several times faster than -O0 and compiles about as fast.
    set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
    set(CMAKE_C_FLAGS_DEBUG "-O1 -g1")
  endif()
endif()
