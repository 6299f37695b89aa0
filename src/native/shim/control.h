// The connection to the bridge: kept up, framed, bounded both ways.
#ifndef SHIM_CONTROL_H
#define SHIM_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HELLO = 1, FRAME_STARTED = 2, FRAME_EXITED = 3, FRAME_FAILED = 4 };

struct control_handlers {
    // A connection stands: time for a Hello.
    void (*connected)(void);
    void (*lost)(void);
    // The payload is the receiver's to change. True when the receiver keeps it, and unmaps it later; else it is gone with
    // the call.
    bool (*go)(char *payload, size_t length);
    void (*lease)(uint64_t ms);
    void (*stop)(uint32_t grace_ms);
};

void control_init(const struct control_handlers *handlers);
bool control_is_connected(void);
// Drops the frame when there is no connection: the next Hello tells the state.
void control_send(uint8_t type, const char *json, size_t length);
// Calls `done` when all that was sent is with the kernel, or there is no connection.
void control_flush(void (*done)(void));

#endif
