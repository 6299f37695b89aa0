using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stromboli.Testbed.Git;

/// <summary>
/// A Git server over TLS: <c>git http-backend</c>, which behaves differently for some first segments of the path. <c>/redirect/…</c>
/// redirects to another host, <c>/broken/…</c> answers 500, <c>/page/…</c> is a web page, <c>/gated/NAME/…</c> holds packs back until the
/// file <c>gates/NAME</c> exists, <c>/held/NAME/…</c> does so with pushes, <c>/mute/NAME/…</c> with the answers to pushes, <c>/torn/…</c>
/// cuts each pack short. With the segment <c>private</c> anywhere, it asks for the credential
/// in the file <c>credential</c> (<c>user:password</c>).
/// </summary>
internal sealed class GitServer(string root, GitRequestLog log)
{
    /// <summary>The host that redirects lead to.</summary>
    public const string Elsewhere = "elsewhere.example.com";

    private static readonly TimeSpan GatePause = TimeSpan.FromMilliseconds(50);

    /// <summary>Serves until it is stopped.</summary>
    /// <param name="listen">The address to listen on.</param>
    /// <param name="root">The folder with the repositories, <c>credential</c>, <c>gates</c>.</param>
    /// <param name="certificate">Its certificate, in PEM.</param>
    /// <param name="key">The certificate's key, in PEM.</param>
    /// <param name="logPath">Where requests are logged, one JSON object a line.</param>
    public static async Task RunAsync(
        IPEndPoint listen,
        string root,
        string certificate,
        string key,
        string logPath,
        CancellationToken cancellationToken
    )
    {
        // Through PKCS #12: some TLS implementations of .NET cannot use a key that was read from PEM.
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        using var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        using var log = new GitRequestLog(logPath);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Pushes are large, and packs are made while they are sent.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(
                listen,
                endpoint =>
                {
                    endpoint.Protocols = HttpProtocols.Http1;
                    endpoint.UseHttps(own);
                }
            );
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        await using var app = builder.Build();
        app.Run(new GitServer(root, log).ServeAsync);
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private async Task ServeAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        log.Write(context.Request, target);
        var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (segments)
        {
            case ["redirect", ..]:
                context.Response.Redirect($"https://{Elsewhere}/secret-path{target}");
                return;
            case ["broken", ..]:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            case ["page", ..]:
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html>Welcome</html>", context.RequestAborted);
                return;
            case [..] when segments.Contains("private", StringComparer.Ordinal) && !IsAuthorised(context.Request):
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"git\"";
                return;
            case ["gated", var gate, ..] when await IsFetchAsync(context.Request):
                await PassAsync(gate, context.RequestAborted);
                break;
            case ["held", var gate, ..] when IsPush(context.Request):
                await PassAsync(gate, context.RequestAborted);
                break;
            case ["mute", var gate, ..] when IsPush(context.Request):
                using (var answer = new MemoryStream())
                {
                    var body = context.Response.Body;
                    context.Response.Body = answer;
                    await new GitBackend(root).ServeAsync(context);
                    await PassAsync(gate, context.RequestAborted);
                    context.Response.Body = body;
                    await body.WriteAsync(answer.ToArray(), context.RequestAborted);
                }

                return;
            case ["torn", ..] when await IsFetchAsync(context.Request):
                context.Response.ContentType = "application/x-git-upload-pack-result";
                context.Response.ContentLength = 1000;
                await context.Response.WriteAsync("000dpackfile\n", context.RequestAborted);
                return;
        }

        await new GitBackend(root).ServeAsync(context);
    }

    // Protocol version 2 uses the same address to ask for refs.
    private static async Task<bool> IsFetchAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method))
        {
            return false;
        }

        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, Encoding.Latin1, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        request.Body.Position = 0;
        return body.Contains("command=fetch", StringComparison.Ordinal) || request.Headers.ContentEncoding.Count > 0;
    }

    private static bool IsPush(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Path.Value!.EndsWith("/git-receive-pack", StringComparison.Ordinal);

    private async Task PassAsync(string gate, CancellationToken cancellationToken)
    {
        while (!File.Exists(Path.Combine(root, "gates", gate)))
        {
            await Task.Delay(GatePause, cancellationToken);
        }
    }

    private bool IsAuthorised(HttpRequest request)
    {
        var expected = File.ReadAllText(Path.Combine(root, "credential")).Trim();
        return request.Headers.Authorization == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(expected));
    }
}
