using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptEndingTests : IDisposable
{
    private static readonly AttemptKey Key = new("9b2d7c1e-0000-4000-8000-000000000001", 1);

    private readonly string _root = Directory.CreateTempSubdirectory("attempts").FullName;
    private readonly AttemptDirectory _directory;
    private readonly AttemptState _state;

    public AttemptEndingTests()
    {
        var time = new ManualTimeProvider();
        _directory = AttemptDirectory.Create(_root, Key);
        var services = new AttemptServices
        {
            StateRoot = _root,
            BootID = "this boot",
            Sandbox = null!,
            Users = new WorkspaceUsers(),
            Lease = new NodeLease(time),
            Changes = new AttemptChanges(),
            Clock = time,
            Logger = NullLogger.Instance,
        };
        var record = new AttemptRecord
        {
            UID = Key.UID,
            Attempt = 1,
            Spec = SpecBuilder.Attempt(),
            UserID = 10_000,
            BootID = "this boot",
            Deadline = services.After(TimeSpan.FromMinutes(1)),
        };
        _state = new AttemptState(record, _directory, services);
    }

    public void Dispose()
    {
        _state.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Decide_ContainerGoneBeforeAnythingWasLetGo_IsTheNodesFault()
    {
        using var log = await AttemptLog.ReadAsync(_directory.LogPath, SpecBuilder.Attempt(), CancellationToken.None);

        Assert.Equal(RunReason.NodeUnfit, AttemptEnding.Decide(_state, log, outOfMemory: false, totals: null).Reason);
    }

    [Fact]
    public async Task Decide_ContainerGoneUnderAnAgent_IsACrash()
    {
        _state.Released(withHooks: false);
        using var log = await AttemptLog.ReadAsync(_directory.LogPath, SpecBuilder.Attempt(), CancellationToken.None);

        Assert.Equal(RunReason.Crashed, AttemptEnding.Decide(_state, log, outOfMemory: false, totals: null).Reason);
    }
}
