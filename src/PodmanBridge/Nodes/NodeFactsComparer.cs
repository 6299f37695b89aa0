using System.Text.Json;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>Compares facts by what is sent of them, since a record's own equality does not look into its lists.</summary>
internal static class NodeFactsComparer
{
    /// <summary>Whether the operator would learn nothing new.</summary>
    public static bool Same(NodeFacts one, NodeFacts other) => Wire(one).AsSpan().SequenceEqual(Wire(other));

    private static byte[] Wire(NodeFacts facts) =>
        JsonSerializer.SerializeToUtf8Bytes(new FactsChanged { Facts = facts }, NodeLinkJson.Default.BridgeMessage);
}
