// Reads what an agent left in a directory, for the bridge: files and listings of directories.
//
//   stromboli-reader PID DIRECTORY [DEVICE INODE]
//
// PID is a process of the engine's user namespace, 0 for none. The files belong to subordinate ids of the user who runs this program, in
// directories that only those ids may enter, or none. So it enters that namespace, which belongs to the user, and keeps only the capability
// to read files and directories. It follows no link, leaves neither the directory nor its file system, opens nothing but regular files and
// directories, and changes nothing. DEVICE and INODE are what DIRECTORY must be.
//
// It serves the requests of protocol.h until its standard input ends.
#include "protocol.h"

#include "../common/user_namespace.h"
#include "list.h"
#include "open.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NICE = 10, LONGEST_LIST = 10000 };

struct __attribute__((packed)) head {
    uint8_t what;
    uint64_t offset, count;
    uint16_t length;
};

static int root, opened = -1;
static struct facts opened_facts;

static bool get(void *bytes, size_t n)
{
    return fread(bytes, 1, n, stdin) == n;
}

static void put(const void *bytes, size_t n)
{
    // The bridge has gone.
    if (fwrite(bytes, 1, n, stdout) != n) exit(0);
}

static void put_byte(int value)
{
    uint8_t byte = (uint8_t)value;
    put(&byte, 1);
}

static void answer_open(const char *path)
{
    if (opened >= 0) close(opened);
    opened = -1;
    enum outcome outcome = open_below(root, path, &opened, &opened_facts);
    put_byte(outcome);
    if (outcome == DONE || outcome == SPECIAL || outcome == HARD_LINK) put(&opened_facts, sizeof opened_facts);
}

static void answer_read(uint64_t offset, uint64_t count)
{
    static char chunk[CHUNK];
    enum outcome outcome = DONE;
    size_t length = 0, wanted = count < CHUNK ? (size_t)count : CHUNK;
    if (opened < 0 || !S_ISREG(opened_facts.mode) || offset > INT64_MAX) {
        outcome = WRONG;
        wanted = 0;
    }
    while (length < wanted) {
        ssize_t n = pread(opened, chunk + length, wanted - length, (off_t)(offset + length));
        if (n == 0) break;
        if (n > 0) length += (size_t)n;
        else if (errno != EINTR) {
            outcome = outcome_of(errno);
            break;
        }
    }
    uint32_t size = (uint32_t)length;
    put_byte(outcome);
    put(&size, sizeof size);
    put(chunk, length);
}

static void put_entry(const char *name)
{
    struct facts facts;
    // One that vanished meanwhile is left out.
    if (look_at(opened, name, &facts) != DONE) return;
    uint16_t length = (uint16_t)strlen(name);
    put_byte(1);
    put(&facts, sizeof facts);
    put(&length, sizeof length);
    put(name, length);
}

static void answer_list(uint64_t offset, uint64_t count)
{
    enum outcome outcome = WRONG;
    char **names = NULL;
    uint64_t found = 0;
    bool more = false;
    bool listable = opened >= 0 && S_ISDIR(opened_facts.mode) && count <= LONGEST_LIST;
    if (listable) outcome = list_names(opened, offset, count, &names, &found, &more);
    for (uint64_t i = 0; i < found; i++) {
        put_entry(names[i]);
        free(names[i]);
    }
    put_byte(0);
    put_byte(outcome);
    put_byte(more);
}

static void serve(void)
{
    static char path[LONGEST_PATH + 1];
    struct head head;
    while (get(&head, sizeof head)) {
        if (head.length > LONGEST_PATH || !get(path, head.length)) exit(1);
        path[head.length] = '\0';
        bool cut = strlen(path) != head.length;
        if (head.what == OPEN && !cut) answer_open(path);
        else if (head.what == READ) answer_read(head.offset, head.count);
        else if (head.what == LIST) answer_list(head.offset, head.count);
        else exit(1);
        if (fflush(stdout) != 0) exit(0);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 5) refuse("stromboli-reader PID DIRECTORY [DEVICE INODE]", EINVAL);
    // Runs have priority over their readers.
    setpriority(PRIO_PROCESS, 0, NICE);
    int pid = (int)number(argv[1]);
    if (pid > 0) {
        enter_user_namespace(pid);
        keep_capabilities(1U << CAP_DAC_READ_SEARCH);
    } else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
        refuse("giving up power", errno);
    }
    root = open_root(argv[2]);
    struct facts facts;
    if (root < 0 || look_at(root, "", &facts) != DONE) refuse("opening the directory", errno);
    if (argc == 5 && (facts.dev != number(argv[3]) || facts.ino != number(argv[4]))) refuse("opening the directory", ESTALE);
    serve();
    return 0;
}
