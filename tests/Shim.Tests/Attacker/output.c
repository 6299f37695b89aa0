#include "attacker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t w = write(fd, bytes, n);
        if (w < 0) exit(1);
        bytes += w;
        n -= (size_t)w;
    }
}

// Lines of 64 bytes, numbered, so that a test can see which part it got.
void flood(long long bytes)
{
    static char block[64 * 1024];
    for (long long line = 0; line * 64 < bytes;) {
        for (size_t at = 0; at < sizeof block; at += 64, line++) {
            char text[65];
            snprintf(text, sizeof text, "%062lld.\n", line);
            memcpy(block + at, text, 64);
        }
        write_all(1, block, sizeof block);
    }
}

void long_line(long long bytes)
{
    static char block[64 * 1024];
    for (size_t i = 0; i < sizeof block; i++) block[i] = (char)('a' + i % 26);
    for (long long done = 0; done < bytes; done += (long long)sizeof block) write_all(1, block, sizeof block);
    write_all(1, "\n", 1);
}

void both_streams(int lines)
{
    for (int i = 0; i < lines; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "line %d\n", i);
        write_all(1 + i % 2, text, (size_t)n);
    }
}
