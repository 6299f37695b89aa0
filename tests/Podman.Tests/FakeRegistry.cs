using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Stromboli.Podman.Tests;

/// <summary>A registry that refuses every client and remembers what it was shown.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _shown = new();

    private FakeRegistry()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context =>
        {
            _shown.Enqueue(context.Request.Headers.Authorization.ToString());
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"fake\"";
            return Task.CompletedTask;
        });
    }

    /// <summary>Host and port.</summary>
    public string Address =>
        new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    public static async Task<FakeRegistry> StartAsync()
    {
        var registry = new FakeRegistry();
        await registry._app.StartAsync();
        return registry;
    }

    /// <summary>The Authorization of each request since the last call; empty for none.</summary>
    public IReadOnlyList<string> TakeShown()
    {
        var shown = _shown.ToArray();
        _shown.Clear();
        return shown;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
