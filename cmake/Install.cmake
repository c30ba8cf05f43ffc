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
install(FILES docs/library.md DESTINATION ${STENTOR_DOC_DIR} COMPONENT library)

install(TARGETS stentord RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
install(FILES config/stentor.toml config/stentor.service docs/guide.md docs/operations.md DESTINATION ${STENTOR_DOC_DIR} COMPONENT server)
