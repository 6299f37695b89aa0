// Makes the kernel kill the agent when memory runs out, and not the shim, which has to report it.
#ifndef SHIM_OOM_H
#define SHIM_OOM_H

#include <stdbool.h>

// Opens our own oom_score_adj. Only while we are dumpable: after that the file belongs to root.
void oom_open(void);
// A child that is forked between these two calls is killed first. The child could write the score itself only if it were dumpable: then its
// memory and descriptors, which are copies of ours, would be open to whatever a hook left running. False, with errno, when the write fails.
bool oom_raise(void);
void oom_restore(void);

#endif
