using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The user namespace of <see cref="ContainerSpecCheck"/> and <see cref="OciConfigCheck"/>. Either the container has no separate one, or it
/// has one in which the engine's user has the number <see cref="AgentUser.EngineUser"/> and all others are from the subordinate range.
/// </summary>
internal static class UserMappingCheck
{
    private const long Own = AgentUser.EngineUser;

    /// <summary>Compares what inspect reports.</summary>
    public static void Compare(Differences found, SpecGenerator desired, InspectHostConfig host)
    {
        var isOwn = desired.UserNamespace == AgentUser.KeepID;
        found.Same("user namespace", isOwn ? "private" : "", host.UsernsMode ?? "");
        Compare(found, "user mapping", isOwn, host.IDMappings?.Users ?? []);
        Compare(found, "group mapping", isOwn, host.IDMappings?.Groups ?? []);
    }

    /// <summary>Compares the runtime's configuration.</summary>
    public static void Compare(Differences found, SpecGenerator desired, OciLinux linux)
    {
        var isOwn = desired.UserNamespace == AgentUser.KeepID;
        Compare(found, "user mapping", isOwn, Text(linux.UidMappings));
        Compare(found, "group mapping", isOwn, Text(linux.GidMappings));
    }

    private static string[] Text(OciIDMapping[]? mappings) =>
        [.. (mappings ?? []).Select(mapping => $"{mapping.ContainerID}:{mapping.HostID}:{mapping.Size}")];

    private static void Compare(Differences found, string what, bool isOwn, string[] made)
    {
        if (!isOwn)
        {
            found.Only(what, made, _ => false);
            return;
        }

        // How many ids follow the engine's user depends on the node.
        var rest =
            made.Length == 3 && made[2].Split(':') is [var inside, var outside, _] && inside == $"{Own + 1}" && outside == inside
                ? made[2]
                : $"{Own + 1}:{Own + 1}:…";
        found.Same(what, $"0:1:{Own} {Own}:0:1 {rest}", string.Join(' ', made));
    }
}
