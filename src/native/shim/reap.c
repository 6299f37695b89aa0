#include "reap.h"

#include "life.h"
#include "loop.h"

#include <errno.h>
#include <sys/wait.h>

// A fork bomb makes zombies as fast as we reap. After this many, the loop gets its turn.
enum { BATCH = 1024 };

static void reap_more(struct timer *t)
{
    (void)t;
    reap_all();
}

static struct timer more = { .fire = reap_more };

void reap_all(void)
{
    for (int i = 0; i < BATCH; i++) {
        int status;
        // __WALL: also children made by clone with another exit signal, or none.
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
        if (pid > 0) {
            life_reaped(pid, status);
        } else {
            if (pid < 0 && errno == ECHILD) life_alone();
            return;
        }
    }
    timer_set(&more, 0);
}
