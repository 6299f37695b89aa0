#include "agent.h"

#include "child.h"
#include "loop.h"
#include "oom.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { READ_END, WRITE_END };

static void report_ready(struct watch *w);
static void input_ready(struct watch *w);
static struct watch report = { .fd = -1, .ready = report_ready };
static struct watch input = { .fd = -1, .ready = input_ready };
static char *input_bytes;
static size_t input_length, input_written;
static void (*on_told)(const struct agent_failure *);

static void tell(const struct agent_failure *failure)
{
    watch_close(&report);
    on_told(failure);
}

static void report_ready(struct watch *w)
{
    struct child_report r;
    ssize_t n = read(w->fd, &r, sizeof r);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    // The writing end closes on exec, so end of file means success.
    if (n == 0) {
        tell(NULL);
        return;
    }
    struct agent_failure failure = { .step = child_step_name(r.step), .error = n == sizeof r ? r.error : EIO };
    tell(&failure);
}

void agent_settle(void)
{
    if (report.fd >= 0) report_ready(&report);
}

static void close_input(void)
{
    watch_close(&input);
    if (input_bytes) munmap(input_bytes, STDIN_MAX);
    input_bytes = NULL;
}

static void input_ready(struct watch *w)
{
    while (input_written < input_length) {
        ssize_t n = write(w->fd, input_bytes + input_written, input_length - input_written);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN && watch_events(w, EPOLLOUT)) return;
        // The agent closed its stdin, so the rest of it is dropped.
        if (n < 0) break;
        input_written += (size_t)n;
    }
    close_input();
}

static void unblock(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

// The descriptors that are opened for one start.
struct pipes {
    int in[2], out[2], err[2], report[2];
};

// The pipe that all hooks write to. We close our writing end when the agent starts: until then another hook may follow.
static int hook_output = -1;

static bool open_report(struct pipes *p)
{
    // Non-blocking only on our ends: the agent expects ordinary pipes.
    if (pipe2(p->report, O_CLOEXEC) < 0) return false;
    unblock(p->report[READ_END]);
    return true;
}

static bool open_pipes(struct pipes *p)
{
    if (pipe2(p->in, O_CLOEXEC) < 0 || pipe2(p->out, O_CLOEXEC) < 0 || pipe2(p->err, O_CLOEXEC) < 0) return false;
    unblock(p->in[WRITE_END]);
    unblock(p->out[READ_END]);
    unblock(p->err[READ_END]);
    return open_report(p);
}

static bool open_hook_output(void)
{
    if (hook_output >= 0) return true;
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC) < 0) return false;
    unblock(pipe[READ_END]);
    output_attach(STREAM_HOOKS, pipe[READ_END]);
    hook_output = pipe[WRITE_END];
    return true;
}

// Our own limit is raised, since each relayed connection takes two descriptors. The agent keeps the limit that the engine set.
static void set_file_limit(bool ours)
{
    static rlim_t given = RLIM_INFINITY;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0) return;
    if (given == RLIM_INFINITY) given = files.rlim_cur;
    files.rlim_cur = ours ? files.rlim_max : given;
    setrlimit(RLIMIT_NOFILE, &files);
}

static pid_t fail(const char *step, struct agent_failure *failure)
{
    *failure = (struct agent_failure){ .step = step, .error = errno };
    watch_close(&report);
    return -1;
}

static pid_t start(const struct child_command *command, const int fds[3], const struct pipes *p, struct agent_failure *failure)
{
    set_file_limit(true);
    if (!oom_raise()) return fail("oom", failure);
    pid_t pid = fork();
    if (pid == 0) {
        set_file_limit(false);
        child_run(command, fds, p->report[WRITE_END]);
    }
    if (pid < 0) fail("spawn", failure);
    oom_restore();
    close(p->report[WRITE_END]);
    if (pid < 0) return -1;
    report.fd = p->report[READ_END];
    if (!watch_events(&report, EPOLLIN)) panic("epoll_ctl on the child's report");
    return pid;
}

static void keep_our_ends(const struct go *go, const struct pipes *p)
{
    close(p->in[READ_END]);
    close(p->out[WRITE_END]);
    close(p->err[WRITE_END]);
    output_attach(STREAM_OUT, p->out[READ_END]);
    output_attach(STREAM_ERR, p->err[READ_END]);
    input.fd = p->in[WRITE_END];
    input_bytes = go->input;
    input_length = go->input_length;
    input_ready(&input);
}

pid_t agent_start(const struct go *go, void (*told)(const struct agent_failure *), struct agent_failure *failure)
{
    on_told = told;
    struct pipes p;
    if (hook_output >= 0) close(hook_output);
    hook_output = -1;
    if (!open_pipes(&p)) return fail("spawn", failure);
    const int fds[3] = { p.in[READ_END], p.out[WRITE_END], p.err[WRITE_END] };
    const struct child_command command = { .argv = go->argv, .envp = go->envp, .workdir = go->workdir, .pids = go->pids };
    pid_t pid = start(&command, fds, &p, failure);
    if (pid > 0) keep_our_ends(go, &p);
    return pid;
}

pid_t agent_start_hook(const struct go *go, const struct go_hook *hook, void (*told)(const struct agent_failure *),
                       struct agent_failure *failure)
{
    on_told = told;
    struct pipes p;
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing < 0 || !open_hook_output() || !open_report(&p)) return fail("spawn", failure);
    const int fds[3] = { nothing, hook_output, hook_output };
    // "--": the command is never taken for an option, whatever it begins with.
    char *const argv[] = { "/bin/sh", "-c", "--", hook->command, NULL };
    const struct child_command command = { .argv = argv, .envp = go->envp, .workdir = go->workdir, .pids = go->pids };
    pid_t pid = start(&command, fds, &p, failure);
    if (pid > 0) close(nothing);
    return pid;
}
