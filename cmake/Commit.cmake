# Writes the commit of this checkout as a C++ function, and only when it changed. A build without git, such as one in
# a container, may name it in STARTER_COMMIT.
set(commit "$ENV{STARTER_COMMIT}")
if(NOT commit)
  execute_process(COMMAND git -c safe.directory=* rev-parse HEAD WORKING_DIRECTORY ${FOLDER}
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
set(text "#include \"frame/build_commit.h\"\n\nnamespace starter::console {\nstd::string_view build_commit() { return \"${commit}\"; }\n}  // namespace starter::console\n")
set(present "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} present)
endif()
if(NOT present STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
