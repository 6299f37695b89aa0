using System.Globalization;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench;

/// <summary>
/// Splits this machine's processors into two halves, so that parts that run on different machines of a cluster do not compete for them.
/// Does nothing on a machine with one processor.
/// </summary>
internal sealed class Processors
{
    private readonly IReadOnlyList<int> _all;

    private Processors(IReadOnlyList<int> all) => _all = all;

    /// <summary>The processors that this process may use.</summary>
    public static Processors Here { get; } = new(Allowed());

    /// <summary>Whether there are two halves.</summary>
    public bool CanBeParted => _all.Count > 1;

    /// <summary>All of them.</summary>
    public string All => List(_all);

    /// <summary>One half.</summary>
    public string First => List(_all.Take(_all.Count / 2));

    /// <summary>The other half, which has one more if the number is odd.</summary>
    public string Second => List(_all.Skip(_all.Count / 2));

    /// <summary>Restricts processes, with all their threads and future children, to these processors.</summary>
    public static async Task PinAsync(string processors, IEnumerable<int> processes, CancellationToken cancellationToken)
    {
        foreach (var process in processes)
        {
            var id = process.ToString(CultureInfo.InvariantCulture);
            (
                await Command.RunAsync(
                    "taskset",
                    ["--all-tasks", "--cpu-list", "--pid", processors, id],
                    cancellationToken: cancellationToken
                )
            ).OrThrow($"Pinning process {id}");
        }
    }

    /// <summary>The processes of a stack's control plane.</summary>
    public static IEnumerable<int> OfControlPlane(Stack stack)
    {
        var plane = stack.ControlPlane;
        return new ServiceProcess?[] { plane.Etcd, plane.ApiServer, plane.ControllerManager, plane.CrdServer }
            .Where(process => process is not null)
            .Select(process => process!.Pid);
    }

    private static string List(IEnumerable<int> processors) => string.Join(',', processors);

    // The kernel's format: 0-2,5.
    private static List<int> Allowed()
    {
        const string Field = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return
        [
            .. line[Field.Length..]
                .Trim()
                .Split(',')
                .SelectMany(range =>
                {
                    var ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToList();
                    return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
                }),
        ];
    }
}
