using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Client;

public sealed class TokenTests : ApiServerTest
{
    private readonly string _file = Path.GetTempFileName();

    public override async ValueTask DisposeAsync()
    {
        File.Delete(_file);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task TokenFile_Rotated_ReadAgainWithinTenSeconds()
    {
        var clock = new ManualTimeProvider();
        using var client = ClientWithTokenFile(clock);
        await File.WriteAllTextAsync(_file, "one\n", End);
        await client.TryGetAsync(Widget.Type, A, End);
        await File.WriteAllTextAsync(_file, "two", End);
        await client.TryGetAsync(Widget.Type, A, End);
        clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal(["Bearer one", "Bearer one", "Bearer two"], Server.Requests.Select(r => r.Authorization));
    }

    [Fact]
    public async Task TokenFile_RefusedAndRotated_RetriesAtOnce()
    {
        using var client = ClientWithTokenFile(new ManualTimeProvider());
        await File.WriteAllTextAsync(_file, "one", End);
        await client.TryGetAsync(Widget.Type, A, End);
        await File.WriteAllTextAsync(_file, "two", End);
        Fail(times: 100, 401, when: r => r.Authorization == "Bearer one");

        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));
        Assert.Equal(["Bearer one", "Bearer one", "Bearer two"], Server.Requests.Select(r => r.Authorization));
    }

    [Fact]
    public async Task TokenFile_RefusedAndTheSame_Fails()
    {
        using var client = ClientWithTokenFile(new ManualTimeProvider());
        await File.WriteAllTextAsync(_file, "one", End);
        Fail(times: 100, 401);

        await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End));
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task TokenFile_EmptyDuringRotation_LastTokenServes()
    {
        var clock = new ManualTimeProvider();
        using var client = ClientWithTokenFile(clock);
        await File.WriteAllTextAsync(_file, "one", End);
        await client.TryGetAsync(Widget.Type, A, End);
        await File.WriteAllTextAsync(_file, "", End);
        clock.Advance(TimeSpan.FromSeconds(10));

        await client.TryGetAsync(Widget.Type, A, End);

        Assert.All(Server.Requests, r => Assert.Equal("Bearer one", r.Authorization));
    }

    [Fact]
    public async Task TokenFile_Missing_SaysWhich()
    {
        using var client = NewClient(config: new() { Server = Server.Address, TokenFile = "/nowhere/token" });

        var failure = await Assert.ThrowsAsync<KubeConfigException>(() => client.GetAsync(Widget.Type, A, End));

        Assert.Contains("/nowhere/token", failure.Message, StringComparison.Ordinal);
    }

    private KubeClient ClientWithTokenFile(TimeProvider clock) =>
        NewClient(clock: clock, config: new() { Server = Server.Address, TokenFile = _file });
}
