using System.Globalization;
using System.Text.Json.Nodes;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// docs/design/sandbox.md#container, line by line: by the engine's word, by what the OCI runtime was told, and as it looks from inside, in
/// whatever image.
/// </summary>
public sealed class ConfinementTests(ConfinementScenario scenario) : ScenarioTests(scenario), IClassFixture<ConfinementScenario>
{
    private static readonly string[] RefusedCalls =
    [
        "unshare",
        "setns",
        "clone3",
        "mount",
        "umount2",
        "pivot_root",
        "chroot",
        "fsopen",
        "fsmount",
        "move_mount",
        "open_tree",
        "mount_setattr",
        "keyctl",
        "add_key",
        "request_key",
        "ptrace",
        "pidfd_getfd",
        "process_vm_readv",
        "process_vm_writev",
        "bpf",
        "io_uring_setup",
        "io_uring_enter",
        "io_uring_register",
        "userfaultfd",
        "perf_event_open",
        "open_by_handle_at",
        "init_module",
        "kexec_load",
        "reboot",
        "swapon",
        "quotactl",
        "syslog",
        "io_setup",
        "io_submit",
        "io_getevents",
        "mq_open",
        "fanotify_init",
    ];

    /// <summary>The images, for each case.</summary>
    public static TheoryData<string> Images => [.. ConfinementScenario.Images];

    [Theory]
    [MemberData(nameof(Images))]
    public void User_IsANumberOfTheSubordinateRange(string image)
    {
        var machine = scenario.Run(image).Node.Node.Machine;
        var users = scenario
            .Status(image)["Uid"]
            .Concat(scenario.Status(image)["Gid"])
            .SelectMany(ids => ids.Split('\t'))
            .Select(id => uint.Parse(id, CultureInfo.InvariantCulture));
        var user = Assert.Single(users.Distinct());
        Assert.InRange(user, machine.FirstSubordinate, machine.FirstSubordinate + 65_535);
        Assert.NotEqual(machine.User, user);
        Assert.Equal(
            "",
            scenario.Config(image)["process"]!["user"]!
                ["additionalGids"]
                ?.AsArray()
                .Select(id => id!.ToString())
                .Except([Number(image)])
                .FirstOrDefault()
                ?? ""
        );
        Assert.Equal(
            $"uid={Number(image)}(agent) gid={Number(image)}(agent) groups={Number(image)}(agent)",
            Assert.Single(scenario.Inside(image)["id"])
        );
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Capabilities_AreNone_AndCannotBeGained(string image)
    {
        Assert.All(
            new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" },
            name => Assert.Equal("0000000000000000", Assert.Single(scenario.Status(image)[name]))
        );
        Assert.Equal("1", Assert.Single(scenario.Status(image)["NoNewPrivs"]));
        var process = scenario.Config(image)["process"]!;
        Assert.True(process["noNewPrivileges"]!.GetValue<bool>());
        Assert.Empty(process["capabilities"]?.AsObject().SelectMany(set => set.Value?.AsArray() ?? []) ?? []);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Seccomp_IsOurProfile(string image)
    {
        Assert.Equal("2", Assert.Single(scenario.Status(image)["Seccomp"]));
        Assert.Empty(scenario.Inside(image)["namespace"]);
        var seccomp = scenario.Config(image)["linux"]!["seccomp"]!;
        Assert.Equal(("SCMP_ACT_ERRNO", 38), (seccomp["defaultAction"]!.ToString(), seccomp["defaultErrnoRet"]!.GetValue<int>()));
        Assert.Empty(seccomp["architectures"]?.AsArray() ?? []);
        var rules = seccomp["syscalls"]!.AsArray().Where(rule => rule!["action"]!.ToString() == "SCMP_ACT_ALLOW").ToList();
        Assert.Empty(rules.SelectMany(rule => rule!["names"]!.AsArray()).Select(name => name!.ToString()).Intersect(RefusedCalls));
        Assert.Equal([1, 2, 10, 16], RulesOf(rules, "socket").Select(arguments => arguments[0]!["value"]!.GetValue<int>()).Order());
        Assert.Equal(1, Assert.Single(RulesOf(rules, "socketpair"))[0]!["value"]!.GetValue<int>());
        // The flags must not include any that makes a namespace.
        Assert.Equal(0x7E02_0000UL, Assert.Single(RulesOf(rules, "clone"))[0]!["value"]!.GetValue<ulong>());
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Namespaces_AreItsOwn_AndNothingIsShared(string image)
    {
        var linux = scenario.Config(image)["linux"]!;
        Assert.Equal(
            ["cgroup", "ipc", "mount", "network", "pid", "uts"],
            linux["namespaces"]!.AsArray().Select(space => space!["type"]!.ToString() + space["path"]).Order(StringComparer.Ordinal)
        );
        Assert.Empty(linux["devices"]?.AsArray() ?? []);
        Assert.Empty(scenario.Config(image)["hooks"]?.AsObject().Where(hook => hook.Value is not null) ?? []);
        Assert.Empty((linux["sysctl"]?.AsObject() ?? []).Select(pair => pair.Key).Except(["net.ipv4.ping_group_range"]));
        Assert.Equal(["lo"], scenario.Inside(image)["link"]);
        var host = scenario.Inspected(image)["HostConfig"]!;
        Assert.Equal(
            ("none", "none", "private", "private", "private", ""),
            (
                host["NetworkMode"]!.ToString(),
                host["IpcMode"]!.ToString(),
                host["PidMode"]!.ToString(),
                host["UTSMode"]!.ToString(),
                host["CgroupMode"]!.ToString(),
                host["UsernsMode"]!.ToString()
            )
        );
        Assert.False(host["Privileged"]!.GetValue<bool>());
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Files_AreReadOnly_ExceptItsOwn(string image)
    {
        Assert.True(scenario.Config(image)["root"]!["readonly"]!.GetValue<bool>());
        Assert.Empty(scenario.Inside(image)["writable"]);
        Assert.Equal(["/workspace", "/home/agent", "/tmp", "/var/tmp", "/dev/shm"], scenario.Inside(image)["own"]);
        Assert.Equal(["/tmp"], scenario.Inside(image)["executable"]);
        Assert.Empty(scenario.Inside(image)["listed"]);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Mounts_AreTheExpectedOnes_WithTheirFlagsAndLimits(string image)
    {
        var mounts = scenario
            .Inside(image)["mount"]
            .Select(mount => mount.Split(' '))
            .ToLookup(mount => mount[0], mount => $"{mount[1]} {mount[2]}");
        string Options(string path) => Assert.Single(mounts[path]);
        Assert.StartsWith("ro", Options("/"));
        Assert.StartsWith("ro,nosuid,nodev,noexec", Options("/run/stromboli"));
        Assert.StartsWith("ro,nosuid,nodev", Options("/opt/stromboli/shim"));
        Assert.All(
            ["/etc/hosts", "/etc/resolv.conf", "/etc/passwd", "/etc/group", "/etc/hostname"],
            path => Assert.StartsWith("ro,nosuid,nodev,noexec", Options(path))
        );
        Assert.All(["/workspace", "/home/agent"], path => Assert.StartsWith("rw,nosuid,nodev", Options(path)));
        Assert.Matches("^rw,nosuid,nodev,relatime .*size=262144k,nr_inodes=65536", Options("/tmp"));
        Assert.Matches("^rw,nosuid,nodev,noexec,relatime .*size=131072k,nr_inodes=65536", Options("/var/tmp"));
        Assert.Matches("^rw,nosuid,nodev,noexec,relatime .*size=1024k,nr_inodes=256,mode=755", Options("/run"));
        Assert.Matches("^rw,nosuid,nodev,noexec,relatime .*size=65536k,nr_inodes=4096", Options("/dev/shm"));
        Assert.DoesNotContain(mounts, mount => mount.Key.Contains("/volume", StringComparison.Ordinal));
        Assert.Equal(
            ["/etc/hosts", "/etc/resolv.conf", "/home/agent", "/opt/stromboli/shim", "/run/stromboli", "/workspace"],
            scenario.Inspected(image)["Mounts"]!.AsArray().Select(mount => mount!["Destination"]!.ToString()).Order(StringComparer.Ordinal)
        );
        Assert.All(
            ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
            path => Assert.Contains(path, Paths(image, "maskedPaths"))
        );
        Assert.All(
            ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
            path => Assert.Contains(path, Paths(image, "readonlyPaths"))
        );
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Process_IsTheShim_WithNothingOfTheImageOrTheNode(string image)
    {
        var process = scenario.Config(image)["process"]!;
        Assert.Equal(["/opt/stromboli/shim"], process["args"]!.AsArray().Select(argument => argument!.ToString()));
        Assert.Equal("/", process["cwd"]!.ToString());
        Assert.Empty(
            process["env"]!
                .AsArray()
                .Select(variable => variable!.ToString())
                .Except(["HOSTNAME=agent", "HOME=/home/agent", "container=podman", "container=oci", "TERM=xterm"])
        );
        var config = scenario.Inspected(image)["Config"]!;
        Assert.Equal("SIGTERM", config["StopSignal"]!.ToString());
        Assert.Equal(["NONE"], config["Healthcheck"]!["Test"]!.AsArray().Select(word => word!.ToString()));
        Assert.Equal("ignore", config["sdNotifyMode"]!.ToString());
        Assert.Null(config["Volumes"]);
        Assert.Empty(
            config["Annotations"]!
                .AsObject()
                .Select(pair => pair.Key)
                .Except([
                    "io.container.manager",
                    "org.opencontainers.image.stopSignal",
                    "org.systemd.property.KillSignal",
                    "org.systemd.property.TimeoutStopUSec",
                ])
        );
        Assert.Equal("libpod", config["Annotations"]!["io.container.manager"]!.ToString());
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Agent_HasOnlyOurEnvironment(string image)
    {
        Assert.Equal(
            [
                "ANTHROPIC_API_KEY=placeholder",
                "ANTHROPIC_BASE_URL=http://127.0.0.1:8317",
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1",
                "DISABLE_AUTOUPDATER=1",
                "HOME=/home/agent",
                "LANG=C.UTF-8",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "TMPDIR=/tmp",
                "USER=agent",
            ],
            scenario
                .Inside(image)["env"]
                .Where(variable => variable.Split('=')[0] is not ("PWD" or "SHLVL" or "OLDPWD" or "_"))
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(["/workspace"], scenario.Inside(image)["pwd"]);
        Assert.Equal(["agent"], scenario.Inside(image)["hostname"]);
        Assert.Equal(["127.0.0.1 localhost agent", "::1 localhost agent"], scenario.Inside(image)["hosts"]);
        Assert.Equal(["# no network"], scenario.Inside(image)["resolv"]);
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Labels_OfOurs_AreOurs(string image)
    {
        var labels = scenario.Inspected(image)["Config"]!["Labels"]!.AsObject();
        Assert.Equal(scenario.Run(image).Run.Uid, labels["stromboli.dev/run-uid"]!.ToString());
        Assert.Equal("disabled", labels["io.containers.autoupdate"]!.ToString());
    }

    [Theory]
    [MemberData(nameof(Images))]
    public async Task Limits_AreSet_OrLabelledAsNotEnforced(string image)
    {
        Assert.Equal(
            ["core file size 0 0", "processes 256 256", "pending signals 1024 1024", "nice priority 0 0", "realtime priority 0 0"],
            scenario.Inside(image)["limit"]
        );
        var node = await scenario.Scene.Stack.Http.GetAsync(
            $"/apis/stromboli.dev/v1alpha1/agentnodes/{scenario.Run(image).Node.Node.Name}"
        );
        var enforced = node!["status"]!["enforcedLimits"]?.AsArray().Select(limit => limit!.ToString()).ToHashSet() ?? [];
        var host = scenario.Inspected(image)["HostConfig"]!;
        Assert.Equal(enforced.Contains("memory") ? 512L * 1024 * 1024 : 0, host["Memory"]!.GetValue<long>());
        Assert.Equal(enforced.Contains("cpu") ? 1_000_000_000 : 0, host["NanoCpus"]!.GetValue<long>());
        Assert.Equal(enforced.Contains("pids") ? 256 : 0, host["PidsLimit"]!.GetValue<long>());
        Assert.Equal(
            enforced.IsSupersetOf(["cpu", "memory", "pids"]) ? "enforced" : "unenforced",
            scenario.Inspected(image)["Config"]!["Labels"]!["stromboli.dev/limits"]!.ToString()
        );
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Engine_EndsItByItself_KeepsItsLogElsewhere_AndNeverStartsItAgain(string image)
    {
        var inspected = scenario.Inspected(image);
        // timeout: 2m, plus a minute.
        Assert.Equal(180, inspected["Config"]!["Timeout"]!.GetValue<int>());
        var log = inspected["HostConfig"]!["LogConfig"]!;
        Assert.Equal("k8s-file", log["Type"]!.ToString());
        Assert.EndsWith($"/state/attempts/{scenario.Run(image).Run.Uid}-1/log", log["Path"]!.ToString());
        Assert.DoesNotContain(
            inspected["Mounts"]!.AsArray(),
            mount => log["Path"]!.ToString().StartsWith(mount!["Source"] + "/", StringComparison.Ordinal)
        );
        // The log outlives the container.
        Assert.True(File.Exists(Path.Combine(scenario.Run(image).StatePath, "log")));
        Assert.Contains(inspected["HostConfig"]!["RestartPolicy"]!["Name"]!.ToString(), new[] { "", "no" });
        Assert.False(inspected["HostConfig"]!["AutoRemove"]!.GetValue<bool>());
    }

    private static List<JsonArray> RulesOf(IEnumerable<JsonNode?> rules, string call) =>
        [.. rules.Where(rule => rule!["names"]!.AsArray().Any(name => name!.ToString() == call)).Select(rule => rule!["args"]!.AsArray())];

    private IEnumerable<string> Paths(string image, string kind) =>
        scenario.Config(image)["linux"]![kind]!.AsArray().Select(path => path!.ToString());

    private string Number(string image) => scenario.Config(image)["process"]!["user"]!["uid"]!.ToString();
}
