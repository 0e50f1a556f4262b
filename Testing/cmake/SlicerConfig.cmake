# Stand-in for Slicer's own package, so that CI can configure, install and import the extension without Slicer.
# It installs scripts and resources with their relative paths, as Slicer does, and refuses files that do not exist.
set(Slicer_FOUND TRUE)
set(Slicer_VERSION "5.12.3")
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR "lib/Slicer-5.12/qt-scripted-modules")
set(Slicer_USE_FILE "${CMAKE_CURRENT_LIST_DIR}/UseSlicer.cmake")
set(Slicer_EXTENSION_GENERATE_CONFIG "${CMAKE_CURRENT_LIST_DIR}/CheckExtension.cmake")
set(Slicer_EXTENSION_CPACK "${CMAKE_CURRENT_LIST_DIR}/Nothing.cmake")
