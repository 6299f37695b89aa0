using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The seccomp profile of agents, in the format of containers/common. It is narrower than Podman's own, which lets a process create user
/// namespaces and thereby reach netfilter and vsock. It lists no architecture: only the native one is allowed, and a call of another one
/// ends the process.
/// </summary>
internal sealed record SeccompProfile
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Errno = "SCMP_ACT_ERRNO";
    private const uint EPERM = 1;
    private const uint ENOSYS = 38;

    /// <summary>CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. NEWTIME is not a flag of clone(2).</summary>
    private const ulong NamespaceFlags = 0x7E02_0000;

    /// <summary>SECCOMP_FILTER_FLAG_NEW_LISTENER.</summary>
    private const ulong NewListener = 8;

    /// <summary>The address families of the sockets that an agent may open: AF_UNIX, AF_INET, AF_INET6.</summary>
    private static readonly ulong[] SocketFamilies = [Unix, 2, 10];

    /// <summary>AF_UNIX.</summary>
    private const ulong Unix = 1;

    /// <summary>AF_NETLINK.</summary>
    private const ulong Netlink = 16;

    /// <summary>
    /// The flags that ask for huge pages from the machine's own pool, which no limit of a run bounds: MAP_HUGETLB, MFD_HUGETLB and
    /// SHM_HUGETLB. Each is listed with its call and the argument that contains it.
    /// </summary>
    private static readonly (string Call, uint Argument, ulong Flag)[] HugePages =
    [
        ("mmap", 3, 0x4_0000),
        ("memfd_create", 1, 4),
        ("shmget", 2, 0x800),
    ];

    /// <summary>personality(2): PER_LINUX, and the value that queries the present one.</summary>
    private static readonly ulong[] Personalities = [0, 0xFFFF_FFFF];

    [JsonPropertyName("defaultAction")]
    public required string DefaultAction { get; init; }

    [JsonPropertyName("defaultErrnoRet")]
    public required uint DefaultError { get; init; }

    [JsonPropertyName("syscalls")]
    public required IReadOnlyList<SeccompRule> Rules { get; init; }

    /// <summary>The profile.</summary>
    public static SeccompProfile Build() =>
        new()
        {
            DefaultAction = Errno,
            DefaultError = ENOSYS,
            Rules =
            [
                new() { Names = SeccompSyscalls.Allowed, Action = Allow },
                new()
                {
                    Names = SeccompSyscalls.Refused,
                    Action = Errno,
                    Error = EPERM,
                },
                // clone3 has its flags in memory, which a filter cannot read. With ENOSYS the C library falls back to clone.
                new()
                {
                    Names = ["clone3"],
                    Action = Errno,
                    Error = ENOSYS,
                },
                new()
                {
                    Names = ["clone"],
                    Action = Allow,
                    Arguments = [Clear(0, NamespaceFlags)],
                },
                new()
                {
                    Names = ["seccomp"],
                    Action = Allow,
                    Arguments = [Clear(1, NewListener)],
                },
                .. Personalities.Select(p => new SeccompRule
                {
                    Names = ["personality"],
                    Action = Allow,
                    Arguments = [Equal(0, p)],
                }),
                .. SocketFamilies.Select(f => new SeccompRule
                {
                    Names = ["socket"],
                    Action = Allow,
                    Arguments = [Equal(0, f)],
                }),
                new()
                {
                    Names = ["socket"],
                    Action = Allow,
                    Arguments = [Equal(0, Netlink), Equal(2, 0)],
                },
                new()
                {
                    Names = ["socketpair"],
                    Action = Allow,
                    Arguments = [Equal(0, Unix)],
                },
                .. HugePages.Select(huge => new SeccompRule
                {
                    Names = [huge.Call],
                    Action = Allow,
                    Arguments = [Clear(huge.Argument, huge.Flag)],
                }),
            ],
        };

    /// <summary>The profile as JSON.</summary>
    public static byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(Build(), ContainerJson.Default.SeccompProfile);

    private static SeccompArgument Equal(uint index, ulong value) =>
        new()
        {
            Index = index,
            Value = value,
            Operator = "SCMP_CMP_EQ",
        };

    private static SeccompArgument Clear(uint index, ulong mask) =>
        new()
        {
            Index = index,
            Value = mask,
            ValueTwo = 0,
            Operator = "SCMP_CMP_MASKED_EQ",
        };
}
