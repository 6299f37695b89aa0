// Stops every process in the container except the shim, and remembers why.
#ifndef SHIM_TREE_H
#define SHIM_TREE_H

#include <stdint.h>

// Asks all processes to end, and kills them after the grace. A second call changes nothing, except that a shorter grace counts: an end has
// one cause, the first.
void tree_stop(const char *by, uint32_t grace_ms);
// "stop", "lease" or "hooks" once the processes were asked to end; "agent" before.
const char *tree_ended_by(void);
// Kills all, repeatedly. Calls `overdue` when some are still there after a while.
void tree_kill(void (*overdue)(void));
// No process is left.
void tree_is_gone(void);

#endif
