using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sessions;

/// <summary>The volumes of a session on a node.</summary>
internal static class SessionVolumes
{
    /// <summary>Their names.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(NodeInspector node, string uid) =>
        (await node.Node.Machine.PodmanAsync("volume", "ls", "-q", "--filter", $"label=stromboli.dev/session-uid={uid}")).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
}
