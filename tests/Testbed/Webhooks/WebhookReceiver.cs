using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stromboli.Testbed.Kube;

namespace Stromboli.Testbed.Webhooks;

/// <summary>
/// A receiver of webhooks over TLS in this process, on a port of its own. The first segment of a path says what it does:
/// <c>/status/CODE</c> answers with that status, <c>/after/MS</c> answers 204 after that many milliseconds, <c>/redirect</c> redirects to
/// <c>/stolen</c>, <c>/endless</c> answers 200 with a body that does not end. Any other path answers 204. It can be away, and its port then
/// refuses connections.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private const int Chunk = 64 * 1024;

    private readonly ConcurrentQueue<ReceivedWebhook> _received = new();
    private readonly string _folder;
    private readonly Pki _pki;
    private WebApplication? _app;
    private long _sent;

    /// <summary>Makes a receiver that is away.</summary>
    public WebhookReceiver()
    {
        _folder = Directory.CreateTempSubdirectory("stromboli-webhooks-").FullName;
        _pki = new Pki(_folder);
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Its address, without a path.</summary>
    public string Origin => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}");

    /// <summary>The authority of its certificate, in PEM.</summary>
    public string Authority => _pki.Authority;

    /// <summary>The requests so far, in their order.</summary>
    public IReadOnlyList<ReceivedWebhook> Received => [.. _received];

    /// <summary>How many bytes of endless bodies were written.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>The requests for a path so far.</summary>
    public IReadOnlyList<ReceivedWebhook> At(string path) => [.. _received.Where(request => request.Path == path)];

    /// <summary>Begins to listen.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        // Through PKCS #12: some TLS implementations of .NET cannot use a key that was read from PEM.
        using var pem = X509Certificate2.CreateFromPemFile(_pki.Server, _pki.ServerKey);
        var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                Port,
                endpoint =>
                {
                    endpoint.Protocols = HttpProtocols.Http1;
                    endpoint.UseHttps(own);
                }
            )
        );
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        _app = builder.Build();
        _app.Run(ServeAsync);
        await _app.StartAsync(cancellationToken);
    }

    /// <summary>Stops listening.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is { } app)
        {
            await app.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        _received.Enqueue(
            new(
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(
                    header => header.Key.ToLowerInvariant(),
                    header => header.Value.ToString(),
                    StringComparer.Ordinal
                ),
                body,
                Stopwatch.GetTimestamp()
            )
        );
        switch (context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case ["status", var code, ..]:
                context.Response.StatusCode = int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case ["after", var milliseconds, ..]:
                await Task.Delay(int.Parse(milliseconds, System.Globalization.CultureInfo.InvariantCulture), context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case ["redirect", ..]:
                context.Response.Redirect($"{Origin}/stolen");
                break;
            case ["endless", ..]:
                await FloodAsync(context);
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
        }
    }

    private async Task FloodAsync(HttpContext context)
    {
        var chunk = new byte[Chunk];
        try
        {
            // The writer says at once that the connection is closed. The stream would take further bytes until the request is aborted.
            while (!(await context.Response.BodyWriter.WriteAsync(chunk, context.RequestAborted)).IsCompleted)
            {
                Interlocked.Add(ref _sent, chunk.Length);
            }
        }
        catch (OperationCanceledException)
        {
            // The sender has had enough.
        }
    }
}

/// <summary>A request that a receiver got.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">The headers, with names in lower case.</param>
/// <param name="Body">The body, as text.</param>
/// <param name="At">When it was read, as a <see cref="Stopwatch"/> timestamp.</param>
public sealed record ReceivedWebhook(string Path, IReadOnlyDictionary<string, string> Headers, string Body, long At)
{
    /// <summary>The header <c>webhook-id</c>.</summary>
    public string ID => Headers["webhook-id"];
}
