# The official client, which src/net/client_bundle.cpp puts into the program.
set(STENTOR_CLIENT_PACKAGE ${CMAKE_SOURCE_DIR}/web/node_modules/socket.io)
if(NOT EXISTS ${STENTOR_CLIENT_PACKAGE}/client-dist/socket.io.js)
  message(FATAL_ERROR "web/node_modules/socket.io is missing: run scripts/setup")
endif()
file(READ ${STENTOR_CLIENT_PACKAGE}/package.json STENTOR_CLIENT_PACKAGE_JSON)
string(JSON STENTOR_CLIENT_VERSION GET ${STENTOR_CLIENT_PACKAGE_JSON} version)
file(GLOB STENTOR_CLIENT_FILES ${STENTOR_CLIENT_PACKAGE}/client-dist/*)
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/net/client_bundle.cpp PROPERTIES
  OBJECT_DEPENDS "${STENTOR_CLIENT_FILES}"
  COMPILE_DEFINITIONS "STENTOR_CLIENT_BUNDLE=\"${STENTOR_CLIENT_PACKAGE}/client-dist\";STENTOR_CLIENT_VERSION=\"${STENTOR_CLIENT_VERSION}\""
  SKIP_PRECOMPILE_HEADERS ON)
