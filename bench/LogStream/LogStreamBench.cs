using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Stromboli.Bench.Figures;
using Stromboli.Bench.Runs;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.LogStream;

/// <summary>
/// How fast the log of a run is read through the API server, its operator and its bridge. Baseline: the same bytes as a file from a bare
/// HTTPS server with the API server's own certificate, in turn.
/// </summary>
internal sealed class LogStreamBench(Stack stack, BenchRuns runs)
{
    // Some 45 MB, below the bound of a log.
    private const string Command = "yes 'gcc -O2 -Wall -c -o build/main.o src/main.c # a line' | head -n 850000";

    private const string Reader = "bench-log-reader";

    private readonly Samples _streamed = new();
    private readonly Samples _plain = new();

    /// <summary>Measures.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(int warmUp, int count, CancellationToken cancellationToken)
    {
        var plane = stack.ControlPlane;
        using var client = await ClientAsync(cancellationToken);
        var run = await runs.RunAsync(Command, cancellationToken);
        var path = $"/apis/streams.stromboli.dev/v1alpha1/namespaces/{BenchRuns.Namespace}/agentruns/{run.Name}/log";
        var log = new Uri(plane.Address, path);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, await client.GetByteArrayAsync(log, cancellationToken), cancellationToken);
            await using var server = await FileServer.StartAsync(file, plane.Pki.Server, plane.Pki.ServerKey, cancellationToken);
            for (var i = 0; i < warmUp + count; i++)
            {
                var (streamed, plain) = (
                    await ReadAsync(client, log, cancellationToken),
                    await ReadAsync(client, server.Address, cancellationToken)
                );
                if (i >= warmUp)
                {
                    _streamed.Add(streamed);
                    _plain.Add(plain);
                }
            }
        }
        finally
        {
            File.Delete(file);
        }

        await runs.RemoveAsync(run, cancellationToken);
        return [new("log-stream", _streamed.Median, "MB/s") { Baseline = _plain.Median, AtLeast = 0.5 }];
    }

    private static async Task<double> ReadAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var watch = Stopwatch.StartNew();
        using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = 0L;
        while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            bytes += read;
        }

        return bytes / 1e6 / watch.Elapsed.TotalSeconds;
    }

    private async Task<HttpClient> ClientAsync(CancellationToken cancellationToken)
    {
        await stack.Kubectl.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: {{Reader}}, namespace: {{BenchRuns.Namespace}}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: {{Reader}}, namespace: {{BenchRuns.Namespace}}}
            rules: [{apiGroups: [streams.stromboli.dev], resources: [agentruns/log], verbs: [get]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: {{Reader}}, namespace: {{BenchRuns.Namespace}}}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{Reader}}}
            subjects: [{kind: ServiceAccount, namespace: {{BenchRuns.Namespace}}, name: {{Reader}}}]
            """,
            cancellationToken
        );
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(stack.ControlPlane.Pki.Authority) },
        };
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
        var token = await stack.Http.RequestTokenAsync(BenchRuns.Namespace, Reader, cancellationToken: cancellationToken);
        return new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }
}
