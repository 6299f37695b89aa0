// The connection to the bridge: reconnects, frames messages, and is bounded in both directions.
#ifndef SHIM_CONTROL_H
#define SHIM_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HELLO = 1, FRAME_STARTED = 2, FRAME_EXITED = 3, FRAME_FAILED = 4 };

struct control_handlers {
    // Connected: send a Hello.
    void (*connected)(void);
    void (*lost)(void);
    // The receiver may change the payload. It returns true to keep it and unmap it later; otherwise the payload is freed when the call
    // returns.
    bool (*go)(char *payload, size_t length);
    void (*lease)(uint64_t ms);
    void (*stop)(uint32_t grace_ms);
};

void control_init(const struct control_handlers *handlers);
bool control_is_connected(void);
// Drops the frame when there is no connection. The next Hello tells the state.
void control_send(uint8_t type, const char *json, size_t length);
// Calls `done` when the kernel has everything that was sent, or when there is no connection.
void control_flush(void (*done)(void));

#endif
