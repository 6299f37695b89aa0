// The shim's own stdout: a bounded queue of whole lines, written as fast as the engine reads them.
#ifndef SHIM_SINK_H
#define SHIM_SINK_H

#include <stdbool.h>
#include <stddef.h>

// sink_room returns at least this much when the queue is empty.
enum { SINK_MIN = 256 * 1024 };

struct sink_handlers {
    // Called when there is room again.
    void (*moved)(void);
    // Called when our stdout has no reader any more. From then on lines are dropped, and there is always room.
    void (*reader_gone)(void);
};

void sink_init(const struct sink_handlers *handlers);
// The bytes that fit, not counting the reserve for records.
size_t sink_room(void);
// Queues `kind`, the bytes and a newline. There must be room.
void sink_line(char kind, const char *bytes, size_t n);
// Queues a record of the shim. There is always room: records are few and short.
void sink_record(const char *json, size_t n);
// Writes as much as possible now.
void sink_write(void);
// Calls `done` when everything queued is written, or can never be. NULL cancels an earlier request.
void sink_flush(void (*done)(void));
bool sink_is_gone(void);

#endif
