# Flags for everything that is ours, the precompiled headers, and the rule for a folder's library.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE})
endif()

add_library(stentor_options INTERFACE)
target_compile_options(stentor_options INTERFACE -Wall -Wextra -Wpedantic -Werror)
target_compile_definitions(stentor_options INTERFACE CAF_ENABLE_TYPE_ID_CHECKS BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                           BOOST_ASIO_NO_DEPRECATED BOOST_ERROR_CODE_HEADER_ONLY STENTOR_VERSION="${PROJECT_VERSION}")
target_link_libraries(stentor_options INTERFACE Threads::Threads)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives inside std::string and asio at -O2.
  target_compile_options(stentor_options INTERFACE -fpch-preprocess -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2") # assertions stay on: they cost nothing that can be measured

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(stentor_options INTERFACE -g1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
                         -fstack-clash-protection -fcf-protection)
  target_compile_definitions(stentor_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_link_options(stentor_options INTERFACE -Wl,-z,relro,-z,now -pie)
endif()

if(STENTOR_SANITIZE STREQUAL "address")
  target_compile_options(stentor_options INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined
                         -fno-omit-frame-pointer)
  target_link_options(stentor_options INTERFACE -fsanitize=address,undefined)
elseif(STENTOR_SANITIZE STREQUAL "thread")
  target_compile_options(stentor_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  target_link_options(stentor_options INTERFACE -fsanitize=thread)
endif()

if(STENTOR_FUZZ)
  target_compile_options(stentor_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr
                         -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(stentor_options INTERFACE -fsanitize=address,undefined)
endif()

# Two precompiled headers: the pure floors know neither CAF nor Asio.
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/pch/empty.cpp CONTENT "")
function(stentor_pch name)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/pch/empty.cpp)
  target_link_libraries(${name} PRIVATE stentor_options)
  target_precompile_headers(${name} PRIVATE <algorithm> <chrono> <functional> <map> <memory> <optional> <string> <unordered_map>
                            <variant> <vector> <nlohmann/json.hpp> ${ARGN})
endfunction()
stentor_pch(stentor_pch_pure)
stentor_pch(stentor_pch_actors <caf/actor_system.hpp> <caf/typed_event_based_actor.hpp> <boost/asio/io_context.hpp>
            <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>)

# stentor_library(folder [LINK targets… [ACTORS]]): src/folder/*.cpp as the static library stentor_folder.
function(stentor_library folder)
  cmake_parse_arguments(ARG "ACTORS" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(stentor_${folder} STATIC ${sources})
  target_include_directories(stentor_${folder} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)
  target_link_libraries(stentor_${folder} PUBLIC stentor_options ${ARG_LINK})
  if(ARG_ACTORS)
    target_precompile_headers(stentor_${folder} REUSE_FROM stentor_pch_actors)
  else()
    target_precompile_headers(stentor_${folder} REUSE_FROM stentor_pch_pure)
  endif()
endfunction()

# stentor_archive(folders… LINK targets…): the objects of these folders as libstentor.a, which is installed. Those who link it get its
# headers, and at link time what its objects stand on; none of our flags.
function(stentor_archive)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  list(TRANSFORM ARG_UNPARSED_ARGUMENTS REPLACE "(.+)" "$<TARGET_OBJECTS:stentor_\\1>" OUTPUT_VARIABLE objects)
  add_library(stentor STATIC ${objects})
  add_library(stentor::stentor ALIAS stentor)
  set_target_properties(stentor PROPERTIES LINKER_LANGUAGE CXX)
  target_compile_features(stentor INTERFACE cxx_std_20)
  target_include_directories(stentor INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include>)
  target_link_libraries(stentor PRIVATE ${ARG_LINK} INTERFACE nlohmann_json::nlohmann_json)
endfunction()
