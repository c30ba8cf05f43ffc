# What `cmake --install` copies: component library (the archive, its headers, how to find them) and component server (stentord).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(STENTOR_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/stentor)
set(STENTOR_DOC_DIR ${CMAKE_INSTALL_DATADIR}/doc/stentor)

install(TARGETS stentor EXPORT stentorTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT stentorTargets NAMESPACE stentor:: DESTINATION ${STENTOR_PACKAGE_DIR} COMPONENT library)
install(DIRECTORY include/stentor DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)

configure_package_config_file(cmake/stentorConfig.cmake.in stentorConfig.cmake INSTALL_DESTINATION ${STENTOR_PACKAGE_DIR})
write_basic_package_version_file(stentorConfigVersion.cmake COMPATIBILITY SameMinorVersion)
file(RELATIVE_PATH STENTOR_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/stentor.pc.in stentor.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/stentorConfig.cmake ${CMAKE_BINARY_DIR}/stentorConfigVersion.cmake cmake/FindCAF.cmake
  DESTINATION ${STENTOR_PACKAGE_DIR} COMPONENT library)
install(FILES ${CMAKE_BINARY_DIR}/stentor.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)

# The manual, with the places that things have when they are installed.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS docs/library.md)
file(RELATIVE_PATH STENTOR_DOC_TO_INCLUDE /${STENTOR_DOC_DIR} /${CMAKE_INSTALL_INCLUDEDIR})
file(READ docs/library.md STENTOR_MANUAL)
string(REPLACE "](../include/" "](${STENTOR_DOC_TO_INCLUDE}/" STENTOR_MANUAL "${STENTOR_MANUAL}")
string(REPLACE "](../examples/" "](examples/" STENTOR_MANUAL "${STENTOR_MANUAL}")
string(REPLACE "](../config/" "](" STENTOR_MANUAL "${STENTOR_MANUAL}")
file(WRITE ${CMAKE_BINARY_DIR}/library.md "${STENTOR_MANUAL}")
install(FILES ${CMAKE_BINARY_DIR}/library.md config/stentor.toml DESTINATION ${STENTOR_DOC_DIR} COMPONENT library)
install(FILES examples/echo.cpp examples/chat.cpp DESTINATION ${STENTOR_DOC_DIR}/examples COMPONENT library)

install(TARGETS stentord RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
install(FILES config/stentor.toml config/stentor.service docs/guide.md docs/operations.md DESTINATION ${STENTOR_DOC_DIR} COMPONENT server)
