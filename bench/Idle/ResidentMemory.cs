using System.Globalization;
using Stromboli.Bench.Figures;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Idle;

/// <summary>Resident memory in units of 10^6 bytes, including mapped files that other processes share.</summary>
internal static class ResidentMemory
{
    /// <summary>The memory of bridge and operator now.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="suffix">A suffix of the figures' names that tells this moment from others.</param>
    public static IReadOnlyList<Figure> Of(Stack stack, string suffix = "") =>
        [
            new($"memory-bridge{suffix}", Of(stack.Nodes[0].Bridge), "MB") { Aim = 80 },
            new($"memory-operator{suffix}", Of(stack.Operator), "MB") { Aim = 120 },
        ];

    /// <summary>The memory of a process now.</summary>
    public static double Of(ServiceProcess process)
    {
        var line = File.ReadLines($"/proc/{process.Pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
