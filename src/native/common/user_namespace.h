// What the programs share that enter the user namespace of a run: such a program is started by the bridge for one task, with arguments that
// the bridge chose, and works on files that a hostile agent changes meanwhile.
#ifndef COMMON_USER_NAMESPACE_H
#define COMMON_USER_NAMESPACE_H

#include <stdint.h>

// Ends the program with a message.
_Noreturn void refuse(const char *what, int error);

// The number in an argument; refuses anything else.
uint64_t number(const char *text);

// CLOCK_MONOTONIC.
uint64_t now_ns(void);

// Enters the user namespace of a process, which must belong to the user of this program.
void enter_user_namespace(int pid);

// Gives up all power in that namespace but these capabilities (1U << CAP_…). Refuses if the program does not have them.
void keep_capabilities(uint32_t capabilities);

#endif
