using Stromboli.Testbed.Nodes;

namespace Stromboli.Testbed.Git;

/// <summary>What a node needs to clone from a stack's Git server.</summary>
internal static class GitNode
{
    private const string FolderInside = "/opt/git-ca";

    /// <summary>The options with the server's name, its authority and the flags of the bridge.</summary>
    public static NodeOptions Of(NodeOptions options, GitServerProcess server) =>
        options with
        {
            Hosts = new Dictionary<string, string>(options.Hosts, StringComparer.Ordinal)
            {
                [GitServerProcess.Host] = server.Address.ToString(),
            },
            Mounts = [.. options.Mounts, new NodeMount(server.AuthorityFolder, FolderInside)],
            ExtraArguments =
            [
                "--git-image",
                PodmanNode.GitImage,
                "--git-ca-file",
                $"{FolderInside}/{Path.GetFileName(server.Authority)}",
                "--allow-git-origin",
                GitServerProcess.Origin,
                .. options.ExtraArguments,
            ],
        };
}
