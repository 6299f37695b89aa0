#include "control.h"

#include "loop.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    GO = 1,
    LEASE = 2,
    STOP = 3,
    HEADER = 5,
    PAYLOAD_MAX = 4 * 1024 * 1024,
    // A Hello has at most 64 KiB; other frames are small. A peer that does not read that much is not a bridge.
    SENDING_MAX = 192 * 1024,
    RETRY_FIRST_MS = 20,
    RETRY_LAST_MS = 500,
};

static const struct sockaddr_un ADDRESS = { .sun_family = AF_UNIX, .sun_path = "/run/stromboli/shim.sock" };

static void control_ready(struct watch *w);
static void try_connect(struct timer *t);
static struct watch control = { .fd = -1, .ready = control_ready };
static struct timer retry = { .fire = try_connect };
static int64_t retry_ms = RETRY_FIRST_MS;
static struct control_handlers on;

static unsigned char header[HEADER];
static size_t header_length;
static char *payload;
static size_t payload_size, payload_length;

static char sending[SENDING_MAX];
static size_t sending_start, sending_end;
static void (*on_flushed)(void);

static uint64_t little_endian(const void *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t i = n; i-- > 0;) value = value << 8 | ((const unsigned char *)bytes)[i];
    return value;
}

static void end_frame(void)
{
    if (payload) munmap(payload, payload_size);
    payload = NULL;
    header_length = payload_size = payload_length = 0;
}

static void try_later(void)
{
    timer_set(&retry, retry_ms);
    retry_ms = retry_ms * 2 < RETRY_LAST_MS ? retry_ms * 2 : RETRY_LAST_MS;
}

static void settle_flush(void)
{
    if (!on_flushed || sending_start < sending_end) return;
    void (*done)(void) = on_flushed;
    on_flushed = NULL;
    done();
}

static void disconnect(void)
{
    if (control.fd < 0) return;
    watch_close(&control);
    end_frame();
    sending_start = sending_end = 0;
    try_later();
    on.lost();
    settle_flush();
}

static void try_connect(struct timer *t)
{
    (void)t;
    control.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    // On a unix socket this succeeds or fails at once: there is no bridge (ECONNREFUSED, ENOENT), or its queue is full (EAGAIN).
    if (control.fd < 0 || connect(control.fd, (const struct sockaddr *)&ADDRESS, sizeof ADDRESS) < 0
        || !watch_events(&control, EPOLLIN)) {
        watch_close(&control);
        try_later();
        return;
    }
    on.connected();
}

void control_init(const struct control_handlers *handlers)
{
    on = *handlers;
    try_connect(&retry);
}

bool control_is_connected(void)
{
    return control.fd >= 0;
}

static bool write_sending(void)
{
    while (sending_start < sending_end) {
        ssize_t n = send(control.fd, sending + sending_start, sending_end - sending_start, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) return false;
        sending_start += (size_t)n;
    }
    if (sending_start == sending_end) sending_start = sending_end = 0;
    return watch_events(&control, sending_end > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void control_send(uint8_t type, const char *json, size_t length)
{
    if (control.fd < 0) return;
    if (sending_start > 0) {
        memmove(sending, sending + sending_start, sending_end - sending_start);
        sending_end -= sending_start;
        sending_start = 0;
    }
    if (length + HEADER > SENDING_MAX - sending_end) {
        disconnect();
        return;
    }
    for (int i = 0; i < 4; i++) sending[sending_end++] = (char)(length >> (8 * i) & 0xFF);
    sending[sending_end++] = (char)type;
    memcpy(sending + sending_end, json, length);
    sending_end += length;
    if (!write_sending()) disconnect();
}

void control_flush(void (*done)(void))
{
    on_flushed = done;
    settle_flush();
}

static bool length_fits(unsigned type, size_t length)
{
    switch (type) {
    case GO: return length <= PAYLOAD_MAX;
    case LEASE: return length == 8;
    case STOP: return length == 4;
    default: return false;
    }
}

static bool begin_payload(void)
{
    payload_size = (size_t)little_endian(header, 4);
    if (!length_fits(header[4], payload_size)) return false;
    // The decoder refuses an empty Go, not this code; mmap needs at least one byte.
    if (payload_size == 0) return true;
    void *memory = mmap(NULL, payload_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    payload = memory;
    return true;
}

static void dispatch(void)
{
    // Taken out first: a handler that answers may lose the connection, and the frame with it.
    char *bytes = payload;
    size_t length = payload_size;
    unsigned type = header[4];
    payload = NULL;
    end_frame();
    switch (type) {
    case GO:
        if (on.go(bytes, length)) return;
        break;
    case LEASE: on.lease(little_endian(bytes, length)); break;
    default: on.stop((uint32_t)little_endian(bytes, length)); break;
    }
    // A Go carries secrets. They are removed from memory as soon as possible.
    if (bytes) munmap(bytes, length);
}

// Reads once into the unfinished frame. False when the connection is no longer usable.
static bool receive(bool *again)
{
    bool in_header = header_length < HEADER;
    void *into = in_header ? (void *)(header + header_length) : (void *)(payload + payload_length);
    size_t missing = in_header ? HEADER - header_length : payload_size - payload_length;
    ssize_t n = recv(control.fd, into, missing, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        *again = false;
        return true;
    }
    if (n <= 0) return false;
    if (in_header) header_length += (size_t)n;
    else payload_length += (size_t)n;
    if (in_header && header_length == HEADER && !begin_payload()) return false;
    if (header_length < HEADER || payload_length < payload_size) return true;
    // Only a valid frame shows that a bridge is there. A connection alone does not reset the reconnect delay.
    retry_ms = RETRY_FIRST_MS;
    dispatch();
    return true;
}

static void control_ready(struct watch *w)
{
    // Bounded, so that a flood of frames starves nothing else.
    bool again = true;
    for (int i = 0; again && i < 32; i++) {
        if (!receive(&again)) {
            disconnect();
            return;
        }
        // A handler may have answered and found the connection broken.
        if (w->fd < 0) return;
    }
    if (!write_sending()) disconnect();
    settle_flush();
}
