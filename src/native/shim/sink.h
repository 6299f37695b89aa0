// The shim's own stdout: a bounded queue of whole lines, written as fast as the engine takes them.
#ifndef SHIM_SINK_H
#define SHIM_SINK_H

#include <stdbool.h>
#include <stddef.h>

// Room that sink_room speaks of when the queue is empty is at least this much.
enum { SINK_MIN = 256 * 1024 };

struct sink_handlers {
    // There is room again.
    void (*moved)(void);
    // Nobody reads our stdout any more. From then on lines are dropped, and there is always room.
    void (*reader_gone)(void);
};

void sink_init(const struct sink_handlers *handlers);
// Bytes that fit, not counting what is kept for a record.
size_t sink_room(void);
// Queues `kind`, the bytes and a newline. There must be room.
void sink_line(char kind, const char *bytes, size_t n);
// Queues a record of the shim, for which there is always room: they are few and short.
void sink_record(const char *json, size_t n);
// Writes what can be written now.
void sink_write(void);
// Calls `done` when all that was queued is written, or can never be. NULL takes an earlier call back.
void sink_flush(void (*done)(void));
bool sink_is_gone(void);

#endif
