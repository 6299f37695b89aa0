using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Tests.Scheduling;

internal static class SchedulingCases
{
    public static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static WaitingRun Run(string uid) =>
        new()
        {
            UID = uid,
            Namespace = "a",
            Name = uid,
            Attempt = 1,
            CreatedAt = T0,
            CpuMillis = 1000,
            MemoryBytes = 512L << 20,
            Pids = 256,
        };

    public static NodeView Node(string name) =>
        new()
        {
            Name = name,
            Connected = true,
            LostAt = T0.AddMinutes(10),
            Labels = new Dictionary<string, string> { ["pool"] = "default" },
            MaxRuns = 8,
            CpuMillis = 8000,
            MemoryBytes = 8L << 30,
            TakesLimits = true,
            KeepsStorageLimits = true,
            Permissions = new(),
        };

    public static Allocation Taken(string uid, string node) =>
        new()
        {
            UID = uid,
            Namespace = "a",
            Attempt = 1,
            Node = node,
            CpuMillis = 1000,
            MemoryBytes = 512L << 20,
            Pids = 256,
        };
}
