using System.Globalization;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Registries;

/// <summary>
/// A real registry with TLS on loopback, open to all or with users. Nodes reach it as <c>NAME.registry.test:PORT</c>, by their /etc/hosts,
/// once they trust it.
/// </summary>
public sealed class ImageRegistry : ServiceProcess
{
    /// <summary>The names that nodes know; a registry has one of them.</summary>
    public const string Open = "open";

    /// <inheritdoc cref="Open"/>
    public const string Private = "private";

    private readonly string _host;
    private readonly IReadOnlyDictionary<string, string> _users;

    /// <summary>A registry of a stack; not started yet.</summary>
    /// <param name="home">The stack.</param>
    /// <param name="name"><see cref="Open"/> or <see cref="Private"/>.</param>
    /// <param name="users">The users with their passwords; without users the registry is open.</param>
    public ImageRegistry(StackHome home, string name, IReadOnlyDictionary<string, string>? users = null)
        : base(home, $"registry-{name}")
    {
        _host = HostOf(name);
        _users = users ?? new Dictionary<string, string>();
    }

    /// <summary>The host names of both registries.</summary>
    public static IReadOnlyList<string> Hosts { get; } = [HostOf(Open), HostOf(Private)];

    /// <summary>Host and port, as in an image's name.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{_host}:{Port}");

    private int Port => Home.Ports.For(Name);

    private string Folder => Path.Combine(Home.State, Name);

    private string CertificatePath => Path.Combine(Folder, "server.crt");

    /// <summary>Makes the node trust its certificate, as an admin of the node would.</summary>
    public Task TrustAsync(PodmanNode node, CancellationToken cancellationToken = default) =>
        WriteAsync(
            node,
            $"{NodeLayout.UserHomeInside}/.config/containers/certs.d/{Address}/ca.crt",
            File.ReadAllText(CertificatePath),
            cancellationToken
        );

    /// <summary>Logs the node's own user in. No run may use that user's credentials.</summary>
    public Task LogInAsync(PodmanNode node, string user, string password, CancellationToken cancellationToken = default) =>
        WriteAsync(
            node,
            $"{node.Layout.RuntimeFolderInside}/containers/auth.json",
            $$"""{"auths": {"{{Address}}": {"auth": "{{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{password}"))}}"} } }""",
            cancellationToken
        );

    /// <summary>Pushes a local image of the node.</summary>
    /// <param name="node">The node; it trusts this registry.</param>
    /// <param name="image">The local image, such as <c>registry.test/busybox:1</c>.</param>
    /// <param name="repository">Repository and tag, such as <c>team/agent:1</c>.</param>
    /// <param name="user">The user who pushes; required if the registry has users.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The name under which the image can be pulled.</returns>
    public async Task<string> PushAsync(
        PodmanNode node,
        string image,
        string repository,
        string? user = null,
        CancellationToken cancellationToken = default
    )
    {
        var name = $"{Address}/{repository}";
        string[] credential = user is null ? [] : ["--creds", $"{user}:{_users[user]}"];
        (await node.RunAsync(["podman", "push", "--quiet", .. credential, image, name], cancellationToken: cancellationToken)).OrThrow(
            $"Pushing {name}"
        );
        return name;
    }

    /// <inheritdoc/>
    protected override async Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        var (key, users, configuration) = (
            Path.Combine(Folder, "server.key"),
            Path.Combine(Folder, "users"),
            Path.Combine(Folder, "config.yml")
        );
        RegistryCertificate.Make(CertificatePath, key, _host);
        await File.WriteAllLinesAsync(users, _users.Select(user => $"{user.Key}:{PasswordHash.Of(user.Value)}"), cancellationToken);
        var auth = _users.Count == 0 ? "" : $"auth:\n  htpasswd:\n    realm: testbed\n    path: {users}";
        var (data, port) = (Path.Combine(Folder, "data"), Port.ToString(CultureInfo.InvariantCulture));
        await File.WriteAllTextAsync(
            configuration,
            $"""
            version: 0.1
            log:
              level: warn
            storage:
              filesystem:
                rootdirectory: {data}
            http:
              addr: 127.0.0.1:{port}
              tls:
                certificate: {CertificatePath}
                key: {key}
            {auth}
            """,
            cancellationToken
        );
        return new ProcessSpec([Artefacts.Registry.At("docker-registry"), "serve", configuration]);
    }

    /// <inheritdoc/>
    protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) => TcpProbe.IsOpenAsync(Port, cancellationToken);

    private static string HostOf(string name) => $"{name}.registry.test";

    private static async Task WriteAsync(PodmanNode node, string path, string text, CancellationToken cancellationToken) =>
        (
            await node.RunAsync(
                ["sh", "-c", "umask 077 && mkdir -p \"$(dirname \"$1\")\" && cat > \"$1\"", "write", path],
                text,
                cancellationToken: cancellationToken
            )
        ).OrThrow($"Writing {path} on {node.Name}");
}
