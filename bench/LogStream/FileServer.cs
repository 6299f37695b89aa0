using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Stromboli.Bench.LogStream;

/// <summary>A bare HTTPS server of one file.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FileServer(WebApplication app) => _app = app;

    /// <summary>Where the file is.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts the server.</summary>
    public static async Task<FileServer> StartAsync(string file, string certificate, string key, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, key)))
        );
        var app = builder.Build();
        app.Run(http => http.Response.SendFileAsync(file, http.RequestAborted));
        await app.StartAsync(cancellationToken);
        return new FileServer(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
