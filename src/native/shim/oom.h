// Whom the kernel ends when memory runs out: the agent, and not the shim, which must live to say so.
#ifndef SHIM_OOM_H
#define SHIM_OOM_H

#include <stdbool.h>

// Opens our own oom_score_adj. Only while we are dumpable: after that the file belongs to root.
void oom_open(void);
// A child that is forked between these two is the one to end first. It could not say so itself without being dumpable, that is without its memory and
// descriptors, which are copies of ours, lying open to whatever a hook left running. False, with errno, when it cannot be.
bool oom_raise(void);
void oom_restore(void);

#endif
