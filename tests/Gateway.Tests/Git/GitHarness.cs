using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Stromboli.Egress;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Tests.Git;

/// <summary>A git gateway with real sockets, and behind it a server over TLS that answers as a test says.</summary>
internal sealed class GitHarness : IAsyncDisposable
{
    public const string Password = "git-password-0123456789";

    private readonly WebApplication _server;
    private readonly List<IDisposable> _open = [];

    private GitHarness(WebApplication server, string folder) => (_server, Folder) = (server, folder);

    public string Folder { get; }

    public GitGateway Gateway { get; private set; } = null!;

    public RecordingLoggers Loggers { get; } = new();

    public bool LeaseHolds { get; set; } = true;

    public Uri Origin => new(_server.Urls.Single());

    /// <summary>What arrived at the server: method, raw target, headers, body.</summary>
    public ConcurrentQueue<(string Method, string Target, IHeaderDictionary Headers, byte[] Body)> Requests { get; } = [];

    /// <param name="answer">The server's answer.</param>
    /// <param name="change">What of the gateway is otherwise.</param>
    /// <param name="trusted">Whether the server's authority is known to the gateway.</param>
    public static async Task<GitHarness> StartAsync(
        RequestDelegate answer,
        Func<GitGatewayOptions, GitGatewayOptions>? change = null,
        bool trusted = true
    )
    {
        var folder = Directory.CreateTempSubdirectory("git").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var certificate = Certificate(Path.Combine(folder, "ca.crt"));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate));
        });
        var harness = new GitHarness(builder.Build(), folder);
        harness._server.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value));
            harness.Requests.Enqueue(
                (context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget, headers, body.ToArray())
            );
            await answer(context);
        });
        await harness._server.StartAsync();
        var options = new GitGatewayOptions
        {
            Dialer = new Dialer(AddressPolicy.Default, TimeProvider.System),
            Clock = TimeProvider.System,
            Loggers = harness.Loggers,
            Trust = new GitTrust(trusted ? Path.Combine(folder, "ca.crt") : null),
            AllowedOrigins = [GitRemote.OriginOf(harness.Origin)!],
            LeaseHolds = () => harness.LeaseHolds,
        };
        harness.Gateway = new GitGateway(change?.Invoke(options) ?? options);
        await harness.Gateway.StartAsync(CancellationToken.None);
        return harness;
    }

    public GitRun Open(bool credential = true, string? url = null) =>
        Gateway.Open(
            "run",
            Socket,
            new GitSource { Url = url ?? new Uri(Origin, "team/project.git").ToString(), Depth = 1 },
            credential ? new GitCredential { Username = "me", Password = Password } : null,
            FixedPeers.Everybody
        );

    public GitRun OpenForPush(IPushRecord record, bool force = false, bool admitted = true)
    {
        var run = Gateway.OpenForPush(
            "run",
            Socket,
            new GitPushAccess
            {
                Url = new Uri(Origin, "team/project.git").ToString(),
                Branches = ["stromboli/*"],
                Force = force,
            },
            record,
            FixedPeers.Everybody
        );
        if (admitted)
        {
            run.Admit(new GitCredential { Username = "me", Password = Password });
        }

        return run;
    }

    public HttpClient Client()
    {
        var client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellationToken) =>
                    new NetworkStream(await ConnectAsync(cancellationToken), ownsSocket: true),
            }
        )
        {
            BaseAddress = new Uri("http://127.0.0.1:8318"),
        };
        _open.Add(client);
        return client;
    }

    public static Uri Refs { get; } = new("/repository/info/refs?service=git-upload-pack", UriKind.Relative);

    public static Uri UploadPack { get; } = new("/repository/git-upload-pack", UriKind.Relative);

    public static Task Advertise(HttpContext context)
    {
        context.Response.ContentType = HttpMethods.IsPost(context.Request.Method)
            ? "application/x-git-upload-pack-result"
            : "application/x-git-upload-pack-advertisement";
        return context.Response.WriteAsync("001e# service=git-upload-pack\n");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _open)
        {
            client.Dispose();
        }

        await Gateway.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private string Socket => Path.Combine(Folder, "git.sock");

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
        return socket;
    }

    private static X509Certificate2 Certificate(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        using var certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1),
            TimeProvider.System.GetUtcNow().AddDays(1)
        );
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
