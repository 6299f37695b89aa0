using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

[assembly: AssemblyFixture(typeof(StackFixture))]
// Cases mostly wait. StackFixture limits how many are under way by the size of the machine.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerClass, MaxParallelThreads = -1)]

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// The stacks of the cases. Most cases share one with two nodes, which starts when the first case asks for it. A case that would disturb
/// others (short leases, killed processes, cut links) has a private stack. Test classes run in parallel, the cases of a class in sequence.
/// </summary>
public sealed class StackFixture : IAsyncLifetime
{
    // The machine bounds how many runs of cases are on the shared stack at once. They must always fit.
    private const int RunsOnSharedNode = 12;

    // Each processor has room for two. A case on the shared stack counts as one, a case with a private stack as two.
    private const int OnSharedStack = 1;
    private const int OnPrivateStack = 2;

    // An operator that cannot renew its lease in time must end with this code, whatever the cause.
    private const int LeadLost = 3;

    private readonly Room _cases = new(2 * Environment.ProcessorCount);
    private readonly ControlPlanes _planes = new();
    private readonly NodeFolder _folder = new();
    private readonly Lazy<Task<Stack>> _shared;

    public StackFixture() =>
        _shared = new(() =>
            Stack.StartAsync(
                "shared",
                new StackOptions
                {
                    Nodes = 2,
                    Git = true,
                    Supervised = true,
                    // The sample of webhooks names this host, which has no address here.
                    Operator = new() { ExtraArguments = ["--allow-webhook-host", "hooks.example.com"] },
                    Node = Sized(
                        new()
                        {
                            MaxRuns = RunsOnSharedNode,
                            ExtraArguments = ["--health-listen", ":0"],
                            Mounts = [_folder.Mount],
                            AllowedVolumes = [$"{NodeFolder.Inside}/data", $"{NodeFolder.Inside}/work:rw"],
                            PodmanSecrets = new Dictionary<string, string> { ["registry-token"] = "sesame-" + Guid.NewGuid() },
                        }
                    ),
                }
            )
        );

    /// <summary>The folder that the nodes of the shared stack mount.</summary>
    internal NodeFolder Folder => _folder;

    // A namespace on the shared stack. A case that already has room does not wait for more: it would keep its own while a case that needs
    // all of the room waits before it.
    internal async Task<Scene> SharedAsync(CancellationToken cancellationToken, bool hasRoom = false)
    {
        var leave = hasRoom ? () => ValueTask.CompletedTask : await _cases.EnterAsync(OnSharedStack, cancellationToken);
        try
        {
            return await Scene.OpenAsync(await _shared.Value, leave, cancellationToken);
        }
        catch
        {
            await leave();
            throw;
        }
    }

    // A namespace on a private stack, which ends with it. With alone, no other case runs meanwhile.
    internal async Task<Scene> PrivateAsync(string name, StackOptions options, bool alone, CancellationToken cancellationToken)
    {
        var leave = await EnterAsync(alone, cancellationToken);
        ControlPlane? plane = null;
        Stack? stack = null;
        try
        {
            plane = await _planes.TakeAsync(cancellationToken);
            stack = await Stack.StartAsync(name, options with { Node = Sized(options.Node) }, plane, cancellationToken);
            return await Scene.OpenAsync(stack, EndAsync, cancellationToken);
        }
        catch
        {
            await EndAsync();
            throw;
        }

        async ValueTask EndAsync()
        {
            try
            {
                if (stack is not null)
                {
                    await stack.DisposeAsync();
                }

                if (plane is not null)
                {
                    await _planes.ReturnAsync(plane);
                }
            }
            finally
            {
                await leave();
            }
        }
    }

    /// <summary>A control plane for cases that need nothing else.</summary>
    /// <returns>The control plane, and a function that gives it back.</returns>
    internal async Task<(ControlPlane Plane, Func<ValueTask> Release)> PlaneAsync(CancellationToken cancellationToken)
    {
        var leave = await EnterAsync(alone: false, cancellationToken);
        try
        {
            var plane = await _planes.TakeAsync(cancellationToken);
            return (plane, ReleaseAsync);

            async ValueTask ReleaseAsync()
            {
                await _planes.ReturnAsync(plane);
                await leave();
            }
        }
        catch
        {
            await leave();
            throw;
        }
    }

    /// <summary>Waits until there is room for a case that starts processes of its own.</summary>
    /// <returns>A function that gives the room back.</returns>
    internal Task<Func<ValueTask>> EnterAsync(bool alone, CancellationToken cancellationToken) =>
        _cases.EnterAsync(alone ? int.MaxValue : OnPrivateStack, cancellationToken);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        List<string> ends = [];
        if (_shared.IsValueCreated && _shared.Value.IsCompletedSuccessfully)
        {
            var stack = await _shared.Value;
            ends =
            [
                .. stack.Programs.SelectMany(program =>
                    program.Ends.Where(code => code != LeadLost).Select(code => $"{program.LogPath}: ended with {code}")
                ),
            ];
            await stack.DisposeAsync();
        }

        _folder.Dispose();
        await _planes.DisposeAsync();
        Assert.True(ends.Count == 0, $"A program of the shared stack ended by itself and was started again: {string.Join("; ", ends)}");
    }

    // The number of runs that fit must not depend on the machine of the tests.
    internal static NodeOptions Sized(NodeOptions options) => options with { Cpu = options.Cpu ?? "16", Memory = options.Memory ?? "32Gi" };
}
