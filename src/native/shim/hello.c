#include "hello.h"

#include "program.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOUNTINFO_MAX = 1024 * 1024, ROOM_FOR_THE_REST = 12 * 1024 };

static const char CLI[] = "/opt/stromboli/claude/claude";

// Reads a whole file of /proc and ends it with a NUL. NULL when it cannot be read or is unreasonably long.
static char *read_whole(const char *path)
{
    char *text = malloc(MOUNTINFO_MAX);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t n = -1;
    while (text && fd >= 0 && length < MOUNTINFO_MAX - 1
           && (n = read(fd, text + length, MOUNTINFO_MAX - 1 - length)) > 0)
        length += (size_t)n;
    if (fd >= 0) close(fd);
    if (n != 0) {
        free(text);
        return NULL;
    }
    text[length] = 0;
    return text;
}

// proc(5) writes space, tab, newline and backslash as \ooo.
static void unescape(char *s)
{
    char *to = s;
    while (*s) {
        if (s[0] == '\\' && s[1] && s[2] && s[3]) {
            *to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
            s += 4;
        } else {
            *to++ = *s++;
        }
    }
    *to = 0;
}

static bool is_within(const char *path, const char *directory)
{
    size_t n = strlen(directory);
    return strncmp(path, directory, n) == 0 && (path[n] == 0 || path[n] == '/');
}

// A path that cannot be examined is reported as 0/0, which matches nothing that the bridge opened.
static void write_mount(struct json *j, const char *path)
{
    struct stat st = { .st_dev = 0 };
    if (stat(path, &st) < 0) st = (struct stat){ .st_dev = 0 };
    json_raw(j, j->text[j->length - 1] == '[' ? "{" : ",{");
    json_key(j, "path");
    json_string(j, path);
    json_key(j, "dev");
    json_number(j, st.st_dev);
    json_key(j, "ino");
    json_number(j, st.st_ino);
    json_raw(j, "}");
}

static void write_mounts(struct json *j)
{
    char *text = read_whole("/proc/self/mountinfo");
    json_raw(j, "[");
    char *rest = text;
    for (char *line; rest && (line = strsep(&rest, "\n"));) {
        // id, parent, device, root, mount point
        char *path = NULL;
        for (int field = 0; field < 5; field++) path = strsep(&line, " ");
        if (!path) continue;
        unescape(path);
        if (is_within(path, "/proc") || is_within(path, "/sys") || is_within(path, "/dev")) continue;
        // The bridge misses a mount that is not listed, and refuses the run.
        if (j->size - j->length < ROOM_FOR_THE_REST + 6 * strlen(path)) break;
        write_mount(j, path);
    }
    json_raw(j, "]");
    free(text);
}

static void write_cli(struct json *j)
{
    struct program cli;
    program_inspect(&cli, CLI);
    json_raw(j, "{");
    json_key(j, "path");
    json_string(j, CLI);
    json_key(j, "present");
    json_raw(j, cli.present ? "true" : "false");
    json_key(j, "interpreter");
    if (cli.interpreter[0]) json_string(j, cli.interpreter);
    else json_raw(j, "null");
    json_key(j, "interpreterPresent");
    json_raw(j, cli.interpreter_present ? "true" : "false");
    json_raw(j, "}");
}

void hello_write(struct json *j, const char *state, const char *record)
{
    json_raw(j, "{\"version\":1");
    json_key(j, "state");
    json_string(j, state);
    json_key(j, "mounts");
    write_mounts(j);
    json_key(j, "cli");
    write_cli(j);
    if (record) {
        json_key(j, "record");
        json_raw(j, record);
    }
    json_raw(j, "}");
}
