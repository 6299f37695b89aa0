using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Stromboli.Kubernetes.Model;
using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Conformance;

/// <summary>
/// The client against a real API server, in a namespace of its own: <c>STROMBOLI_TEST_KUBECONFIG=.local/kubeconfig</c>, an admin's.
/// Skipped without.
/// </summary>
public sealed class RealApiServerTests : IAsyncLifetime
{
    private const string Variable = "STROMBOLI_TEST_KUBECONFIG";
    private readonly string _namespace = $"conformance-{Guid.NewGuid().ToString("N")[..8]}";
    private KubeClient _client = null!;

    private static CancellationToken End => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var path = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(path), $"{Variable} names no kubeconfig");
        _client = new(KubeConfig.FromFile(path!), new() { UserAgent = "stromboli-conformance" });
        await _client.CreateAsync(BuiltIn.Namespaces, new() { Metadata = new() { Name = _namespace } }, cancellationToken: End);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is null)
        {
            return;
        }

        await _client.DeleteAsync(BuiltIn.Namespaces, NamespacedName.Cluster(_namespace));
        _client.Dispose();
    }

    [Fact]
    public async Task Secret_WholeLife_AsTheFakeServerDoesIt()
    {
        var key = new NamespacedName(_namespace, "s");
        var created = await _client.CreateAsync(
            BuiltIn.Secrets,
            new()
            {
                Metadata = Meta("s"),
                Data = new() { ["k"] = [0, 255] },
            },
            "test",
            End
        );
        Assert.Equal([0, 255], created.Data!["k"]);
        Assert.True(
            (
                await Failure(() => _client.CreateAsync(BuiltIn.Secrets, new() { Metadata = Meta("s") }, cancellationToken: End))
            ).IsAlreadyExists
        );

        var patched = await _client.MergePatchAsync(
            BuiltIn.Secrets,
            key,
            new() { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["a"] = "b" } } },
            cancellationToken: End
        );
        Assert.Equal("b", patched.Metadata.Labels!["a"]);
        Assert.True((await Failure(() => _client.ReplaceAsync(BuiltIn.Secrets, created, cancellationToken: End))).IsConflict);
        var replaced = await _client.ReplaceAsync(BuiltIn.Secrets, patched with { Data = new() { ["k"] = [1] } }, cancellationToken: End);
        Assert.Equal([1], replaced.Data!["k"]);

        Assert.True(
            (
                await Failure(() => _client.DeleteAsync(BuiltIn.Secrets, key, new() { Preconditions = new() { Uid = "other" } }, End))
            ).IsConflict
        );
        Assert.True(await _client.DeleteAsync(BuiltIn.Secrets, key, new() { Preconditions = new() { Uid = created.Metadata.Uid } }, End));
        Assert.Null(await _client.TryGetAsync(BuiltIn.Secrets, key, End));
        Assert.False(await _client.DeleteAsync(BuiltIn.Secrets, key, cancellationToken: End));
    }

    [Fact]
    public async Task Apply_TwoManagers_AConflictNamesTheField()
    {
        var mine = new ConfigMap
        {
            Metadata = Meta("c"),
            Data = new() { ["k"] = "mine" },
        };
        await _client.ApplyAsync(BuiltIn.ConfigMaps, mine, "one", cancellationToken: End);

        var failure = await Failure(() =>
            _client.ApplyAsync(
                BuiltIn.ConfigMaps,
                mine with
                {
                    Data = new() { ["k"] = "yours" },
                },
                "two",
                force: false,
                cancellationToken: End
            )
        );

        Assert.True(failure.IsConflict);
        Assert.Contains(".data.k", failure.Status!.Details!.Causes![0].Field, StringComparison.Ordinal);
        Assert.Equal(
            "yours",
            (
                await _client.ApplyAsync(BuiltIn.ConfigMaps, mine with { Data = new() { ["k"] = "yours" } }, "two", cancellationToken: End)
            ).Data!["k"]
        );
    }

    [Fact]
    public async Task Create_InvalidObject_InvalidWithCauses()
    {
        var failure = await Failure(() =>
            _client.CreateAsync(BuiltIn.ConfigMaps, new() { Metadata = Meta("Not_A_Name") }, cancellationToken: End)
        );

        Assert.True(failure.IsInvalid);
        Assert.Equal("metadata.name", failure.Status!.Details!.Causes![0].Field);
    }

    [Fact]
    public async Task Informer_PagesChangesAndExpiry_StaysEqual()
    {
        for (var i = 0; i < 5; i++)
        {
            await CreateAsync($"c{i}");
        }

        using var stop = new CancellationTokenSource();
        var informer = new Informer<ConfigMap>(
            _client,
            BuiltIn.ConfigMaps,
            new()
            {
                Namespace = _namespace,
                PageSize = 2,
                LabelSelector = "test=yes",
                WatchTimeout = TimeSpan.FromSeconds(1),
            }
        );
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(End);
        Assert.Equal(5, informer.Store.Count);

        // A watch lasts a second: changes come during several watches, and between two.
        using var watches = new WatchCount(BuiltIn.ConfigMaps.Plural);
        for (var i = 5; i < 12; i++)
        {
            var before = watches.Begun;
            var created = await CreateAsync($"c{i}");
            informer.Store.Observe(created);
            await _client.DeleteAsync(BuiltIn.ConfigMaps, new(_namespace, $"c{i - 5}"), cancellationToken: End);
            await Eventually.True(() => informer.Store.Get(new(_namespace, $"c{i - 5}")) is null);
            if (i % 2 == 0)
            {
                await Eventually.True(() => watches.Begun > before);
            }
        }

        Assert.Equal(["c10", "c11", "c7", "c8", "c9"], informer.Store.List().Select(c => c.Metadata.Name).Order(StringComparer.Ordinal));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task CustomResource_StatusByCompareAndSwap_StaleIsRefused()
    {
        var type = new ResourceType<Run>(
            "stromboli.dev",
            "v1alpha1",
            "agentruns",
            "AgentRun",
            true,
            RunJson.Default.Run,
            RunJson.Default.KubeListRun
        );
        var created = await _client.CreateAsync(
            type,
            new()
            {
                Metadata = Meta("run"),
                Spec = new() { ["prompt"] = "hello" },
            },
            cancellationToken: End
        );
        using var stop = new CancellationTokenSource();
        var informer = new Informer<Run>(_client, type, new() { Namespace = _namespace });
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(End);

        var first = await _client.ReplaceStatusAsync(
            type,
            created with
            {
                Status = new() { ["phase"] = "Pending", ["observedGeneration"] = 1 },
            },
            cancellationToken: End
        );
        var failure = await Failure(() =>
            _client.ReplaceStatusAsync(
                type,
                created with
                {
                    Status = new() { ["phase"] = "Running", ["observedGeneration"] = 1 },
                },
                cancellationToken: End
            )
        );
        Assert.True(failure.IsConflict, failure.Message);
        await Eventually.True(() => (string?)informer.Store.Get(new(_namespace, "run"))!.Status!["phase"] == "Pending");
        Assert.Equal(first.Metadata.ResourceVersion, informer.Store.Get(new(_namespace, "run"))!.Metadata.ResourceVersion);

        var applied = await _client.ApplyAsync(
            type,
            new()
            {
                Metadata = new() { Namespace = _namespace, Name = "run" },
                Status = new() { ["phase"] = "Queued", ["observedGeneration"] = 1 },
            },
            "other",
            subresource: "status",
            cancellationToken: End
        );
        Assert.Equal("Queued", (string?)applied.Status!["phase"]);
        Assert.Equal("hello", (string?)applied.Spec!["prompt"]);
        Assert.Equal(created.Metadata.Generation, applied.Metadata.Generation);
        Assert.True(await _client.DeleteAsync(type, new(_namespace, "run"), cancellationToken: End));
        await Eventually.True(() => informer.Store.Count == 0);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task LeaderElection_TwoCandidates_OneAfterTheOther()
    {
        var options = new LeaderElectionOptions
        {
            Lease = new(_namespace, "leader"),
            LeaseDuration = TimeSpan.FromSeconds(3),
            RenewDeadline = TimeSpan.FromSeconds(2),
            RetryPeriod = TimeSpan.FromMilliseconds(300),
        };
        await using var one = new LeaderElector(_client, options with { Identity = "one" }, TimeProvider.System);
        await using var two = new LeaderElector(_client, options with { Identity = "two" }, TimeProvider.System);
        var first = await one.AcquireAsync(End);
        var second = two.AcquireAsync(End);
        // The first has renewed for longer than a lease lasts, and the second has seen that it did.
        await Eventually.TrueAsync(async () =>
            await _client.GetAsync(BuiltIn.Leases, options.Lease, End) is { Spec: { AcquireTime: { } acquired, RenewTime: { } renewed } }
            && renewed - acquired > options.LeaseDuration
            && two.Holder == "one"
        );
        Assert.True(first.IsHeld);
        Assert.False(second.IsCompleted);
        Assert.Equal("one", two.Holder);

        await first.DisposeAsync();

        Assert.Equal(first.Epoch + 1, (await second.WaitAsync(TimeSpan.FromSeconds(5), End)).Epoch);
    }

    [Fact]
    public async Task Events_WithASeries_AreAccepted()
    {
        var target = await CreateAsync("target");
        using var stop = new CancellationTokenSource();
        var recorder = new EventRecorder(_client, new() { ReportingController = "stromboli.dev/test", ReportingInstance = "conformance" });
        var running = recorder.RunAsync(stop.Token);
        for (var i = 0; i < 3; i++)
        {
            recorder.Record(target, EventType.Warning, "Tested", "Test", "A note.");
        }

        await stop.CancelAsync();
        await running;

        List<Event> events = [];
        await foreach (var item in _client.ListAsync(BuiltIn.Events, new() { Namespace = _namespace }, End))
        {
            events.Add(item);
        }

        var found = Assert.Single(events, e => e.ReportingController == "stromboli.dev/test");
        Assert.Equal(
            ("Tested", "Test", "A note.", "Warning", "target"),
            (found.Reason, found.Action, found.Note, found.Type, found.Regarding!.Name)
        );
        Assert.Equal(3, found.Series!.Count);
    }

    [Fact]
    public async Task Reviews_TokenOfAServiceAccount_IsAuthenticatedAndHasNoRights()
    {
        var accounts = new ResourceType<PartialObject>(
            "",
            "v1",
            "serviceaccounts",
            "ServiceAccount",
            true,
            KubernetesJson.Default.PartialObject,
            KubernetesJson.Default.KubeListPartialObject
        );
        await _client.CreateAsync(
            accounts,
            new()
            {
                ApiVersion = "v1",
                Kind = "ServiceAccount",
                Metadata = Meta("sa"),
            },
            cancellationToken: End
        );
        var token = await _client.CreateTokenAsync(
            new(_namespace, "sa"),
            new()
            {
                Spec = new() { Audiences = ["stromboli"], ExpirationSeconds = 600 },
            },
            End
        );

        var review = await _client.CreateAsync(
            BuiltIn.TokenReviews,
            new()
            {
                Spec = new() { Token = token.Status!.Token, Audiences = ["stromboli", "other"] },
            },
            cancellationToken: End
        );
        Assert.True(review.Status!.Authenticated);
        Assert.Equal(["stromboli"], review.Status.Audiences);
        Assert.Equal($"system:serviceaccount:{_namespace}:sa", review.Status.User!.Username);

        var access = await _client.CreateAsync(
            BuiltIn.SubjectAccessReviews,
            new()
            {
                Spec = new()
                {
                    User = review.Status.User.Username,
                    Groups = review.Status.User.Groups,
                    ResourceAttributes = new()
                    {
                        Group = "stromboli.dev",
                        Resource = "agentnodes",
                        Verb = "connect",
                        Name = "node-1",
                    },
                },
            },
            cancellationToken: End
        );
        Assert.False(access.Status!.Allowed);

        using var asAccount = new KubeClient(
            new KubeConfig
            {
                Server = Config.Server,
                CertificateAuthority = Config.CertificateAuthority,
                Token = token.Status.Token,
            }
        );
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await Failure(() => asAccount.GetRawAsync("/api", End))).StatusCode);
    }

    [Fact]
    public async Task Impersonation_UserAndGroups_AreWhoTheServerJudges()
    {
        using var jane = Impersonating(new("jane"));
        var refused = await Failure(() => jane.GetAsync(BuiltIn.Secrets, new(_namespace, "s"), End));
        Assert.True(refused.IsForbidden);
        Assert.Contains("\"jane\"", refused.Message, StringComparison.Ordinal);

        // The second group counts only if it has a header line of its own.
        var extra = new Dictionary<string, IReadOnlyList<string>> { ["scopes"] = ["a", "b"] };
        using var master = Impersonating(new("jane") { Groups = ["nobodies", "system:masters"], Extra = extra });
        Assert.Null(await master.TryGetAsync(BuiltIn.Secrets, new(_namespace, "s"), End));
        Assert.NotNull(await master.CreateAsync(BuiltIn.Secrets, new() { Metadata = Meta("s") }, cancellationToken: End));
    }

    [Fact]
    public async Task Plugin_PrintsTheAdminsToken_IsTheAdmin()
    {
        var config = Config;
        var script = Path.GetTempFileName();
        try
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await File.WriteAllTextAsync(
                script,
                $$"""
                #!/bin/bash
                echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{config.Token}}"} }'
                """,
                End
            );
            var exec = new ExecConfig { Command = script, ApiVersion = "client.authentication.k8s.io/v1" };
            using var client = new KubeClient(
                new KubeConfig
                {
                    Server = config.Server,
                    CertificateAuthority = config.CertificateAuthority,
                    Exec = exec,
                }
            );

            Assert.Equal(_namespace, (await client.GetAsync(BuiltIn.Namespaces, NamespacedName.Cluster(_namespace), End)).Metadata.Name);
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public async Task GetRaw_Version_IsAnswered() =>
        Assert.Equal("1", (await _client.GetRawAsync("/version", End)).GetProperty("major").GetString());

    private static KubeConfig Config => KubeConfig.FromFile(Environment.GetEnvironmentVariable(Variable)!);

    private static KubeClient Impersonating(Impersonation user) =>
        new(
            new KubeConfig
            {
                Server = Config.Server,
                CertificateAuthority = Config.CertificateAuthority,
                Token = Config.Token,
                Impersonation = user,
            }
        );

    private static async Task<ApiException> Failure<T>(Func<Task<T>> act) => await Assert.ThrowsAsync<ApiException>(act);

    private ObjectMeta Meta(string name) =>
        new()
        {
            Namespace = _namespace,
            Name = name,
            Labels = new() { ["test"] = "yes" },
        };

    private Task<ConfigMap> CreateAsync(string name) =>
        _client.CreateAsync(BuiltIn.ConfigMaps, new() { Metadata = Meta(name) }, cancellationToken: End);

    /// <summary>How many requests for a watch of a resource have had an answer.</summary>
    private sealed class WatchCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private int _begun;

        public WatchCount(string resource)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: KubeMetrics.MeterName, Name: "kubernetes.client.requests" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(
                (_, count, tags, _) =>
                {
                    var (mine, watch) = (false, false);
                    foreach (var (name, value) in tags)
                    {
                        mine |= name == "resource" && Equals(value, resource);
                        watch |= name == "verb" && Equals(value, "watch");
                    }

                    if (mine && watch)
                    {
                        Interlocked.Increment(ref _begun);
                    }
                }
            );
            _listener.Start();
        }

        public int Begun => Volatile.Read(ref _begun);

        public void Dispose() => _listener.Dispose();
    }
}
