// What an agent does against its neighbours, its node and its path to the model. Each attack is a command that prints "name: what it got";
// the tests judge. Static, so that it runs in any image. (tests/Shim.Tests/Attacker is what an agent does against PID 1,
// tests/PodmanBridge.Tests/Containers/probe.c what it asks of the kernel.)
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void told(const char *name, long result)
{
    printf("%s: %s\n", name, result >= 0 ? "ok" : strerrorname_np(errno));
    fflush(stdout);
}

static void counted(const char *name, long count)
{
    int error = errno;
    printf("%s: %ld then %s\n", name, count, error ? strerrorname_np(error) : "end");
    fflush(stdout);
}

// Waits until the test has made this file.
static void until(const char *path)
{
    while (access(path, F_OK) < 0) usleep(20 * 1000);
}

// Which families, and which protocols of netlink, give a socket at all.
static void families(void)
{
    static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET };
    printf("families:");
    for (int family = 0; family < 64; family++) {
        bool any = false;
        for (unsigned t = 0; t < sizeof types / sizeof types[0]; t++) {
            int fd = socket(family, types[t], 0);
            any |= fd >= 0;
            if (fd >= 0) close(fd);
        }
        if (any) printf(" %d", family);
    }
    printf("\nnetlink:");
    for (int protocol = 0; protocol < 32; protocol++) {
        int fd = socket(AF_NETLINK, SOCK_RAW, protocol);
        if (fd < 0) continue;
        printf(" %d", protocol);
        close(fd);
    }
    printf("\n");
    told("raw", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    told("raw6", socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
    told("ping", socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
    told("packet", socket(AF_PACKET, SOCK_RAW, 0));
    told("vsock", socket(AF_VSOCK, SOCK_STREAM, 0));
}

// What draws on a number that the machine or the engine's user has only once, and pairs of sockets that are not unix ones.
static void shared(void)
{
    unsigned long context = 0;
    int pair[2];
    told("io_setup", syscall(SYS_io_setup, 1, &context));
    told("mq_open", syscall(SYS_mq_open, "x", O_CREAT | O_RDWR, 0600, NULL));
    told("huge-pages", mmap(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) == MAP_FAILED ? -1 : 0);
    told("socketpair-vsock", socketpair(AF_VSOCK, SOCK_STREAM, 0, pair));
    told("socketpair-tipc", socketpair(AF_TIPC, SOCK_STREAM, 0, pair));
    told("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static void interfaces(void)
{
    struct ifaddrs *all;
    if (getifaddrs(&all) < 0) return;
    printf("interfaces:");
    for (struct ifaddrs *i = all; i; i = i->ifa_next)
        if (i->ifa_addr && i->ifa_addr->sa_family == AF_PACKET) printf(" %s", i->ifa_name);
    printf("\n");
    struct ifreq request = { .ifr_name = "lo" };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    told("interface-down", ioctl(fd, SIOCSIFFLAGS, &request));
    ((struct sockaddr_in *)(void *)&request.ifr_addr)->sin_family = AF_INET;
    told("interface-address", ioctl(fd, SIOCSIFADDR, &request));
}

// ADDRESS:PORT of either family, by stream and by datagram.
static void reach(const char *target)
{
    char host[128], name[160];
    snprintf(host, sizeof host, "%s", target);
    char *colon = strrchr(host, ':');
    *colon = 0;
    uint16_t port = htons((uint16_t)atoi(colon + 1));
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = port };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = port };
    bool is_four = inet_pton(AF_INET, host, &four.sin_addr) == 1;
    if (!is_four) inet_pton(AF_INET6, host, &six.sin6_addr);
    const struct sockaddr *address = is_four ? (void *)&four : (void *)&six;
    socklen_t length = is_four ? sizeof four : sizeof six;
    int stream = socket(address->sa_family, SOCK_STREAM, 0), datagram = socket(address->sa_family, SOCK_DGRAM, 0);
    snprintf(name, sizeof name, "tcp %s", target);
    told(name, connect(stream, address, length));
    snprintf(name, sizeof name, "udp %s", target);
    told(name, sendto(datagram, "x", 1, 0, address, length));
    close(stream);
    close(datagram);
}

// A unix socket; a name that begins with @ is an abstract one.
static int connect_unix(const char *path, int type)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strlen(path);
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, type, 0);
    if (connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void reach_unix(const char *path)
{
    char name[160];
    snprintf(name, sizeof name, "unix %s", path);
    told(name, connect_unix(path, SOCK_STREAM));
}

static void listen_abstract(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strlen(path);
    memcpy(address.sun_path, path, length);
    address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    told("bind-abstract", bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)));
    told("listen-abstract", listen(fd, 1));
    // Held by a child, which ends with the container.
    if (fork() == 0) {
        fclose(stdout);
        pause();
    }
}

// How many calls at the control socket of COUNT were closed without a word, and how long the slowest took.
static void call(const char *path, long count)
{
    // A frame that would stop the agent, and one that would report an end.
    static const char forged[] = "\x04\0\0\0\x03\0\0\0\0" "\x17\0\0\0\x03{\"code\":0,\"by\":\"agent\"}";
    long closed = 0, slowest = 0;
    for (long i = 0; i < count; i++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        int fd = connect_unix(path, SOCK_STREAM);
        if (fd < 0) break;
        send(fd, forged, sizeof forged - 1, MSG_NOSIGNAL);
        char byte;
        closed += recv(fd, &byte, 1, 0) <= 0;
        close(fd);
        clock_gettime(CLOCK_MONOTONIC, &to);
        long took = (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
        if (took > slowest) slowest = took;
    }
    printf("calls-closed: %ld\ncalls-slowest-ms: %ld\n", closed, slowest);
    fflush(stdout);
}

// Opens COUNT connections to a loopback port and holds them, each with the beginning of a request to which a byte is added now and then, until the file is there.
static void hold(int port, int count, const char *file)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int *fds = calloc((size_t)count, sizeof *fds);
    long open = 0;
    errno = 0;
    for (; open < count; open++) {
        fds[open] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (fds[open] < 0) break;
        if (connect(fds[open], (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) break;
        errno = 0;
    }
    usleep(100 * 1000);
    static const char head[] = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nX-Slow: ";
    for (long i = 0; i < open; i++) send(fds[i], head, sizeof head - 1, MSG_NOSIGNAL);
    counted("held", open);
    while (access(file, F_OK) < 0) {
        for (long i = 0; i < open; i++) send(fds[i], "a", 1, MSG_NOSIGNAL);
        usleep(100 * 1000);
    }
}

// Sends what stands on standard input to a loopback port, keeps the connection open, and says with which status it is answered.
static void ask(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    static char text[64 * 1024];
    size_t length = 0;
    for (ssize_t n; length < sizeof text && (n = read(STDIN_FILENO, text + length, sizeof text - length)) > 0;) length += (size_t)n;
    int fd = socket(AF_INET, SOCK_STREAM, 0), status = 0;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 || send(fd, text, length, MSG_NOSIGNAL) < 0) return;
    length = 0;
    for (ssize_t n; length < sizeof text - 1 && (n = recv(fd, text + length, sizeof text - 1 - length, 0)) > 0;) length += (size_t)n;
    text[length] = 0;
    if (sscanf(text, "HTTP/1.1 %d", &status) == 1) printf("%d\n", status);
}

static void exhaust_descriptors(const char *file)
{
    long count = 0;
    errno = 0;
    while (open("/dev/null", O_RDONLY) >= 0) count++;
    counted("descriptors", count);
    until(file);
}

static void exhaust_inotify(const char *file)
{
    long count = 0;
    errno = 0;
    while (inotify_init1(0) >= 0) count++;
    counted("inotify", count);
    until(file);
}

// Real-time signals that are never taken: each is memory of the kernel's.
static void exhaust_signals(const char *file)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    long count = 0;
    errno = 0;
    while (count < 1000000 && sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }) == 0) count++;
    counted("signals", count);
    until(file);
}

static void exhaust_processes(const char *file)
{
    long count = 0;
    errno = 0;
    for (;; count++) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) {
            until(file);
            _exit(0);
        }
    }
    counted("processes", count);
    // A bomb goes on: whenever a place is free it takes it.
    for (; access(file, F_OK) < 0; usleep(1000)) {
        pid_t child = fork();
        if (child == 0) _exit(0);
        if (child > 0) waitpid(child, NULL, 0);
    }
    while (wait(NULL) > 0) continue;
}

static void fill(const char *file, long long bytes)
{
    static char block[256 * 1024];
    memset(block, 'x', sizeof block);
    long long done = 0;
    int fd = open(file, O_CREAT | O_WRONLY | O_TRUNC, 0644);
    errno = 0;
    while (done < bytes) {
        ssize_t n = write(fd, block, sizeof block);
        if (n < 0) break;
        done += n;
    }
    counted("bytes", (long)done);
}

static void fill_inodes(const char *folder, long most)
{
    long count = 0;
    errno = 0;
    for (; count < most; count++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%ld", folder, count);
        int fd = open(path, O_CREAT | O_WRONLY, 0644);
        if (fd < 0) break;
        close(fd);
    }
    counted("inodes", count);
    for (long i = 0; i < count; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%ld", folder, i);
        unlink(path);
    }
}

static void use_memory(long long bytes, const char *file)
{
    char *memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        told("memory", -1);
        return;
    }
    for (long long i = 0; i < bytes; i += 4096) memory[i] = 1;
    printf("memory: %lld\n", bytes);
    fflush(stdout);
    until(file);
}

// One frame to the bridge, as the shim's protocol has it.
static void say(int fd, unsigned char type, const char *json)
{
    uint32_t length = (uint32_t)strlen(json);
    char frame[512];
    memcpy(frame, &length, 4);
    frame[4] = (char)type;
    memcpy(frame + 5, json, length);
    send(fd, frame, 5 + length, MSG_NOSIGNAL);
}

// In the shim's place as the first process: forges the log of an agent that ran well, then claims on the control socket that it runs, that hooks run, and that it has
// ended, and asks for the model. A copy of this program that ends with an 'e' only writes the log, and ends.
static int impersonate(void)
{
    static const char *const states[] = { "running", "hooks", "exited" };
    char last = 0;
    int self = open("/proc/self/exe", O_RDONLY);
    if (self >= 0 && lseek(self, -1, SEEK_END) > 0 && read(self, &last, 1) != 1) last = 0;
    printf("r{\"t\":\"started\",\"pid\":2}\noforged\nr{\"t\":\"exited\",\"code\":0,\"by\":\"agent\",\"stdoutBytes\":7}\n");
    fflush(stdout);
    if (last == 'e') return 0;
    for (unsigned i = 0; i < 3; i++) {
        char hello[64], byte;
        snprintf(hello, sizeof hello, "{\"version\":1,\"state\":\"%s\",\"mounts\":[]}", states[i]);
        int fd;
        while ((fd = connect_unix("/run/stromboli/shim.sock", SOCK_STREAM)) < 0) usleep(20 * 1000);
        say(fd, 1, hello);
        say(fd, 2, "{\"pid\":2}");
        say(fd, 3, "{\"code\":0,\"by\":\"agent\",\"stdoutBytes\":7}");
        while (recv(fd, &byte, 1, 0) > 0) continue;
        close(fd);
    }
    static const char request[] = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 92\r\n\r\n"
                                  "{\"model\":\"claude-test\",\"max_tokens\":10,\"messages\":[{\"role\":\"user\",\"content\":\"@say stolen\"}]}";
    int model = connect_unix("/run/stromboli/model.sock", SOCK_STREAM);
    if (model >= 0) send(model, request, sizeof request - 1, MSG_NOSIGNAL);
    for (;;) pause();
}

int main(int argc, char **argv)
{
    if (getpid() == 1 && argc == 1) return impersonate();
    if (argc < 2) return 2;
    const char *c = argv[1];
    if (!strcmp(c, "families")) families();
    else if (!strcmp(c, "shared")) shared();
    else if (!strcmp(c, "interfaces")) interfaces();
    else if (!strcmp(c, "reach")) for (int i = 2; i < argc; i++) reach(argv[i]);
    else if (!strcmp(c, "reach-unix")) for (int i = 2; i < argc; i++) reach_unix(argv[i]);
    else if (!strcmp(c, "listen-abstract") && argc == 3) listen_abstract(argv[2]);
    else if (!strcmp(c, "call") && argc == 4) call(argv[2], atol(argv[3]));
    else if (!strcmp(c, "hold") && argc == 5) hold(atoi(argv[2]), atoi(argv[3]), argv[4]);
    else if (!strcmp(c, "ask") && argc == 3) ask(atoi(argv[2]));
    else if (!strcmp(c, "descriptors") && argc == 3) exhaust_descriptors(argv[2]);
    else if (!strcmp(c, "inotify") && argc == 3) exhaust_inotify(argv[2]);
    else if (!strcmp(c, "signals") && argc == 3) exhaust_signals(argv[2]);
    else if (!strcmp(c, "processes") && argc == 3) exhaust_processes(argv[2]);
    else if (!strcmp(c, "fill") && argc == 4) fill(argv[2], atoll(argv[3]));
    else if (!strcmp(c, "inodes") && argc == 4) fill_inodes(argv[2], atol(argv[3]));
    else if (!strcmp(c, "memory") && argc == 4) use_memory(atoll(argv[2]), argv[3]);
    else return 2;
    return 0;
}
