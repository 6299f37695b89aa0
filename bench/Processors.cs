using System.Globalization;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench;

/// <summary>
/// Parts this machine's processors in two, so that what is on different machines in a cluster does not take them from each other. Nothing
/// is parted on a machine with one.
/// </summary>
internal sealed class Processors
{
    private readonly IReadOnlyList<int> _all;

    private Processors(IReadOnlyList<int> all) => _all = all;

    /// <summary>Those that this process may use.</summary>
    public static Processors Here { get; } = new(Allowed());

    /// <summary>Whether there are two parts.</summary>
    public bool CanBeParted => _all.Count > 1;

    /// <summary>All of them.</summary>
    public string All => List(_all);

    /// <summary>One half.</summary>
    public string First => List(_all.Take(_all.Count / 2));

    /// <summary>The other; the larger, if there is one.</summary>
    public string Second => List(_all.Skip(_all.Count / 2));

    /// <summary>Lets processes, with all their threads and what they start from now on, run on these processors only.</summary>
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

    // As the kernel says it: 0-2,5.
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
