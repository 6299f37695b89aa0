// Everybody in the container but ourselves: how they are stopped, and by whom.
#ifndef SHIM_TREE_H
#define SHIM_TREE_H

#include <stdint.h>

// Asks all to end, and kills them after the grace. Again it changes nothing, but that a shorter grace shortens: an end
// has one cause, the first.
void tree_stop(const char *by, uint32_t grace_ms);
// "stop", "lease" or "hooks" once all were asked to end; "agent" before.
const char *tree_ended_by(void);
// Kills all, again and again; calls `overdue` when some are still there after a while.
void tree_kill(void (*overdue)(void));
// Nobody is left.
void tree_is_gone(void);

#endif
