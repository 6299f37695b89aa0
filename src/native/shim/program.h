// Which interpreter a program needs: the dynamic loader of an ELF file, or what follows `#!`.
#ifndef SHIM_PROGRAM_H
#define SHIM_PROGRAM_H

#include <stdbool.h>

enum { INTERPRETER_MAX = 256 };

struct program {
    // A regular file that we can read is there.
    bool present;
    // Empty when the file needs none, or is nothing that the kernel runs.
    char interpreter[INTERPRETER_MAX];
    // The kernel would find what it needs to start the file.
    bool interpreter_present;
};

void program_inspect(struct program *p, const char *path);

#endif
