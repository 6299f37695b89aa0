// Feeds random input to the shim's parsers, which are built with the address and undefined-behaviour sanitizers. The seed is fixed, so a failure
// can be repeated.
#include "program.h"
#include "go.h"
#include "json.h"
#include "tail.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned long long state = 88172645463325252ULL;

static unsigned below(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % n;
}

static size_t put_field(char *to, unsigned key, const char *value, unsigned n)
{
    to[0] = (char)key;
    memcpy(to + 1, &n, 4);
    memcpy(to + 5, value, n);
    return n + 5;
}

// A valid Go, which is then mutated.
static size_t compose(char *to)
{
    static const char *const values[] = { "", "argument", "NAME=value", "/work/dir", "some input", "\x90\x1fmodel.sock",
        "12345678", "1234", "12345678", "postCreate[1]=npm ci", "12345678", "12345678", "?" };
    size_t n = put_field(to, 1, "sh", 2) + 0;
    n += put_field(to + n, 3, "/tmp", 4);
    n += put_field(to + n, 8, "\1\0\0\0\0\0\0\0", 8);
    for (unsigned i = below(12); i > 0; i--) {
        unsigned key = 1 + below(12);
        n += put_field(to + n, key, values[key], (unsigned)strlen(values[key]));
    }
    return n;
}

static void check_strings(char *const *list)
{
    for (; *list; list++) assert(strlen(*list) < 4096);
}

static void fuzz_go(void)
{
    static struct go go;
    char text[2048];
    size_t n = compose(text);
    for (unsigned i = below(4); i > 0; i--) text[below((unsigned)n)] = (char)below(256);
    if (below(3) == 0) n = below((unsigned)n + 1);
    // Exactly as long as the input, so that reading one byte too far is detected.
    char *payload = malloc(n ? n : 1);
    memcpy(payload, text, n);
    if (!go_decode(&go, payload, n)) {
        assert(go.argv[0] && go.workdir[0] == '/' && go.relay_count <= RELAYS_MAX && go.lease_ms > 0);
        check_strings(go.argv);
        check_strings(go.envp);
        assert(go.hook_count <= HOOKS_MAX && (go.hook_count == 0 || go.hooks_ms > 0));
        for (size_t i = 0; i < go.hook_count; i++) {
            assert(memchr(go.hooks[i].name, 0, sizeof go.hooks[i].name) && go.hooks[i].name[0]);
            assert(strlen(go.hooks[i].command) > 0 && strlen(go.hooks[i].command) < 4096);
        }
    }
    if (go.input) munmap(go.input, STDIN_MAX);
    free(payload);
}

static void fuzz_json(void)
{
    char bytes[32], text[256];
    size_t n = below(sizeof bytes);
    for (size_t i = 0; i < n; i++) bytes[i] = (char)(1 + below(255));
    bytes[n] = 0;
    size_t size = 1 + below(sizeof text - 1);
    char *exact = malloc(size);
    struct json j = { .text = exact, .size = size };
    json_string(&j, bytes);
    assert(j.length < size && strlen(json_done(&j)) == j.length);
    free(exact);
}

// Compares the tail with a simple model: all bytes ever pushed, of which the last ones count.
static void fuzz_tail(void)
{
    static char all[1 << 16], got[1 << 16];
    struct tail t = { .size = below(64) };
    size_t pushed = 0;
    for (unsigned i = below(40); i > 0; i--) {
        size_t n = below(100);
        for (size_t k = 0; k < n; k++) all[pushed + k] = (char)below(256);
        tail_push(&t, all + pushed, n);
        pushed += n;
    }
    size_t kept = pushed < t.size ? pushed : t.size, taken = 0;
    for (size_t n; (n = tail_take(&t, got + taken, 1 + below(20))) > 0;) taken += n;
    assert(taken == kept && t.omitted == pushed - kept);
    assert(memcmp(got, all + pushed - kept, kept) == 0);
    if (t.ring) munmap(t.ring, t.size);
}

static size_t cost_of(const char *bytes, size_t n, size_t line_cost, size_t *lines)
{
    size_t cost = 0;
    *lines = 0;
    for (size_t at = 0; at < n; ++*lines) {
        const char *newline = memchr(bytes + at, '\n', n - at);
        size_t length = newline ? (size_t)(newline - bytes) + 1 - at : n - at;
        cost += length > line_cost ? length : line_cost;
        at += length;
    }
    return cost;
}

// The rest must be the end of the input and begin at a line. It fits unless it is a single line, and one more line would not fit.
static void fuzz_tail_trim(void)
{
    static char all[4096], got[4096];
    struct tail t = { .size = 1 + below(200) };
    size_t n = below(400), line_cost = 1 + below(40), lines;
    for (size_t i = 0; i < n; i++) all[i] = below(6) == 0 ? '\n' : 'x';
    tail_push(&t, all, n);
    size_t before = t.length;
    tail_trim(&t, line_cost);
    size_t kept = tail_take(&t, got, sizeof got);
    assert(t.omitted == n - kept && memcmp(got, all + n - kept, kept) == 0);
    assert(kept == before || all[n - kept - 1] == '\n');
    assert(cost_of(got, kept, line_cost, &lines) <= t.size || lines == 1);
    if (kept < before) {
        size_t more = kept + 1;
        while (more < before && all[n - more - 1] != '\n') more++;
        assert(cost_of(all + n - more, more, line_cost, &lines) > t.size);
    }
    if (t.ring) munmap(t.ring, t.size);
}

static void fuzz_elf(const char *file, const char *scratch)
{
    static char bytes[4096];
    int in = open(file, O_RDONLY), out = open(scratch, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    ssize_t n = read(in, bytes, sizeof bytes);
    assert(n > 64);
    for (unsigned i = below(8); i > 0; i--) bytes[below(below(2) ? 64 : (unsigned)n)] = (char)below(256);
    if (below(4) == 0) n = below((unsigned)n);
    assert(write(out, bytes, (size_t)n) == n);
    close(in);
    close(out);
    struct program p;
    program_inspect(&p, scratch);
    assert(p.present && memchr(p.interpreter, 0, sizeof p.interpreter));
}

int main(int argc, char **argv)
{
    if (argc < 3) return 2;
    for (int i = 0; i < 200000; i++) {
        fuzz_go();
        fuzz_json();
        if (i % 20 == 0) fuzz_tail();
        if (i % 20 == 1) fuzz_tail_trim();
        if (i % 100 == 0) fuzz_elf(argv[1], argv[2]);
    }
    puts("survived");
    return 0;
}
