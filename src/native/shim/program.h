// Which interpreter a program needs: the dynamic loader of an ELF file, or what follows `#!`.
#ifndef SHIM_PROGRAM_H
#define SHIM_PROGRAM_H

#include <stdbool.h>

enum { INTERPRETER_MAX = 256 };

struct program {
    // There is a regular file that we can read.
    bool present;
    // Empty when the file needs none, or when the kernel would not run it.
    char interpreter[INTERPRETER_MAX];
    // The kernel would find the interpreter.
    bool interpreter_present;
};

void program_inspect(struct program *p, const char *path);

#endif
