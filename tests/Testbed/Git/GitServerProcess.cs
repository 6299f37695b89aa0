using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Git;

/// <summary>
/// A stack's Git server, <c>https://git.example.com</c> for its nodes: a loopback address of the stack's own, so that it can have the port
/// that the address of a repository has without saying so. <see cref="GitServer"/> says what its paths do.
/// </summary>
public sealed class GitServerProcess : ServiceProcess
{
    /// <summary>The server's name.</summary>
    public const string Host = "git.example.com";

    /// <summary>The server's origin.</summary>
    public const string Origin = $"https://{Host}";

    /// <summary>The credential that <c>/private/…</c> asks for.</summary>
    public static readonly (string User, string Password) Credential = ("agent", "git-password-of-the-testbed");

    private const int Port = 443;
    private readonly Pki _pki;

    /// <summary>The server of a stack; not started yet.</summary>
    public GitServerProcess(StackHome home)
        : base(home, "git-server")
    {
        _pki = new Pki(Path.Combine(home.State, "git-pki"), [Host]);
        Directory.CreateDirectory(AuthorityFolder);
        File.Copy(_pki.Authority, Authority, overwrite: true);
        Repositories = new GitRepositories(Path.Combine(Root, "repositories"));
        Directory.CreateDirectory(Path.Combine(Root, "gates"));
        File.WriteAllText(Path.Combine(Root, "credential"), $"{Credential.User}:{Credential.Password}\n");
    }

    /// <summary>The repositories that it serves.</summary>
    public GitRepositories Repositories { get; }

    /// <summary>The authority of its certificate, in PEM.</summary>
    public string Authority => Path.Combine(AuthorityFolder, "ca.crt");

    /// <summary>A folder with only that file, which nodes mount.</summary>
    internal string AuthorityFolder => Path.Combine(Home.State, "git-ca");

    /// <summary>Its address: one of 127.0.0.0/8 that no other stack has.</summary>
    public IPAddress Address
    {
        get
        {
            // The stack's port gives a number that no other running stack has.
            var number = Home.Ports.For("git-server");
            return new IPAddress([127, 77, (byte)(number >> 8), (byte)number]);
        }
    }

    private string Root => Path.Combine(Home.State, "git");

    private string RequestLogPath => Path.Combine(Home.Folder, "git-server-requests.jsonl");

    /// <summary>Every request that arrived so far: <c>method</c>, <c>target</c>, <c>headers</c>.</summary>
    public IReadOnlyList<JsonNode> Requests() =>
        File.Exists(RequestLogPath)
            ? [.. File.ReadLines(RequestLogPath).Where(line => line.EndsWith('}')).Select(line => JsonNode.Parse(line)!)]
            : [];

    /// <summary>Lets the packs of <c>/gated/NAME/…</c> through from now on.</summary>
    public void OpenGate(string name) => File.WriteAllText(Path.Combine(Root, "gates", name), "");

    /// <inheritdoc/>
    protected override async Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        var copy = Path.Combine(Home.State, "bin", "git-server");
        await BuildCopy.RefreshAsync(
            Repository.BuildOutput("tests/Testbed"),
            copy,
            "Stromboli.Testbed.dll",
            "run dotnet build tests/Testbed",
            cancellationToken
        );
        return new ProcessSpec([
            Path.Combine(Repository.DotnetRoot, "dotnet"),
            Path.Combine(copy, "Stromboli.Testbed.dll"),
            "git-server",
            $"{Address}:{Port}",
            Root,
            _pki.Server,
            _pki.ServerKey,
            RequestLogPath,
        ]);
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(Address, Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
