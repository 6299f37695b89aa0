// A client of the loopback relays, which only processes inside the container can reach.
#include "attacker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int dial(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((unsigned short)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        printf("connect: %s\n", strerrorname_np(errno));
        exit(1);
    }
    return fd;
}

struct sending {
    int fd;
    long bytes;
};

static void *send_all(void *arg)
{
    struct sending *s = arg;
    for (long i = 0; i < s->bytes;) {
        char block[4096];
        size_t n = (size_t)(s->bytes - i) < sizeof block ? (size_t)(s->bytes - i) : sizeof block;
        for (size_t k = 0; k < n; k++) block[k] = (char)((i + (long)k) * 31 >> 3);
        ssize_t w = send(s->fd, block, n, MSG_NOSIGNAL);
        if (w < 0) break;
        i += w;
    }
    shutdown(s->fd, SHUT_WR);
    return NULL;
}

// Sends a pattern and an end of file, and compares what an echoing bridge returns.
void relay_echo(int port, long bytes)
{
    struct sending s = { dial(port), bytes };
    pthread_t sender;
    pthread_create(&sender, NULL, send_all, &s);
    long got = 0, wrong = 0;
    char block[4096];
    for (ssize_t n; (n = read(s.fd, block, sizeof block)) > 0;)
        for (ssize_t k = 0; k < n; k++, got++) wrong += block[k] != (char)(got * 31 >> 3);
    pthread_join(sender, NULL);
    printf("got %ld wrong %ld\n", got, wrong);
}

// Opens `count` connections at once. Each expects one byte back; prints how many got it.
void relay_many(int port, int count)
{
    int *fds = calloc((size_t)count, sizeof *fds);
    int answered = 0;
    for (int i = 0; i < count; i++) {
        fds[i] = dial(port);
        if (send(fds[i], "x", 1, MSG_NOSIGNAL) != 1) perror("send");
    }
    printf("connected %d\n", count);
    fflush(stdout);
    for (int i = 0; i < count; i++) {
        char byte;
        answered += read(fds[i], &byte, 1) == 1;
        close(fds[i]);
    }
    printf("answered %d\n", answered);
}

// The bridge answers after our end of file.
void relay_half_close(int port)
{
    int fd = dial(port);
    char text[64] = "";
    if (send(fd, "ping", 4, MSG_NOSIGNAL) != 4) perror("send");
    shutdown(fd, SHUT_WR);
    size_t length = 0;
    for (ssize_t n; length < sizeof text - 1 && (n = read(fd, text + length, sizeof text - 1 - length)) > 0;)
        length += (size_t)n;
    printf("heard %s\n", text);
}
