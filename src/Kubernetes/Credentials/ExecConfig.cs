using System.Text.Json.Nodes;

namespace Stromboli.Kubernetes;

/// <summary>
/// A program that prints a credential: the <c>exec</c> of a kubeconfig's user. The protocol is that of <c>client.authentication.k8s.io</c>.
/// The program runs without a shell and without standard input.
/// </summary>
public sealed record ExecConfig
{
    /// <summary>Path of the program, or its name, which is looked up in <c>PATH</c>.</summary>
    public required string Command { get; init; }

    /// <summary>The program's arguments, one by one.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that the program gets besides those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary><c>client.authentication.k8s.io/v1</c> or <c>/v1beta1</c>. The program must answer in the same version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Tells a person how to install the program; part of the message when it is missing.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether the program is told about the cluster, in the variable <c>KUBERNETES_EXEC_INFO</c>.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>The cluster's own settings for the program: its extension <c>client.authentication.k8s.io/exec</c>.</summary>
    public JsonNode? ClusterConfig { get; init; }
}
