using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class LeftoverSweepTests : IAsyncDisposable
{
    private const string Known = "9b2d7c1e-0000-4000-8000-000000000001";
    private const string Unknown = "9b2d7c1e-0000-4000-8000-000000000002";

    private readonly string _root = Directory.CreateTempSubdirectory("sweep").FullName;
    private readonly FakeEngine _engine = new();
    private readonly NodeHarness _node;

    public LeftoverSweepTests() => _node = new NodeHarness(_root, _engine, new ManualTimeProvider());

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(true, new[] { "known", "known-diff" })]
    [InlineData(false, new[] { "known" })]
    public async Task Sweep_ContainerOfARequest_GoesUnlessTheRequestIsUnderWay(bool isUnderWay, string[] left)
    {
        _node.Attempts.Apply(
            new DesiredAttempt
            {
                UID = Known,
                Attempt = 1,
                State = DesiredState.Hold,
                Spec = SpecBuilder.Attempt(),
            }
        );
        _engine.Listed =
        [
            Container("known", Known, "stromboli-1-known-1"),
            Container("known-diff", Known, "stromboli-1-known-1-diff"),
            Container("unknown-diff", Unknown, "stromboli-1-unknown-1-diff"),
        ];
        foreach (var uid in new[] { Known, Unknown })
        {
            Directory.CreateDirectory(Path.Combine(_node.Settings.RunRoot, $"{uid}-1-diff"));
        }

        var sweep = new LeftoverSweep(
            _engine,
            _node.Attempts,
            _node.Sessions,
            new Requests(isUnderWay),
            _node.Settings,
            NullLogger<LeftoverSweep>.Instance
        );
        await sweep.SweepAsync(CancellationToken.None);

        Assert.Equal(left, _engine.Listed.Select(container => container.ID).Where(_engine.Names.Contains));
        Assert.Equal(
            isUnderWay ? [$"{Known}-1-diff"] : [],
            Directory.EnumerateDirectories(_node.Settings.RunRoot, "*-diff").Select(Path.GetFileName)
        );
    }

    private ContainerSummary Container(string id, string uid, string name)
    {
        _engine.Add(id);
        return new ContainerSummary
        {
            ID = id,
            Names = [name],
            Labels = new Dictionary<string, string> { [ContainerLabels.RunUID] = uid, [ContainerLabels.Attempt] = "1" },
        };
    }

    private sealed class Requests(bool isUnderWay) : IRequestContainers
    {
        public bool IsLeftover(AttemptKey key) => !isUnderWay;
    }
}
