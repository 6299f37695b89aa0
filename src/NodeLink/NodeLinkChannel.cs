using System.Net.WebSockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>Makes the channels of the two ends of a node link.</summary>
public static class NodeLinkChannel
{
    // Beyond ASCII nothing is escaped, since no browser reads this and an escaped prompt would be up to three times its size. A record that
    // names a property twice, or sets to null what is never null, is malformed.
    private static readonly NodeLinkJson Wire = new(
        new JsonSerializerOptions(NodeLinkJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            RespectNullableAnnotations = true,
            AllowDuplicateProperties = false,
        }
    );

    /// <summary>The operator's end.</summary>
    /// <param name="socket">An open WebSocket; the channel owns it.</param>
    /// <param name="clock">The clock of timeouts.</param>
    /// <param name="limits">The bounds; the default when null.</param>
    public static MessageChannel<OperatorMessage, BridgeMessage> ForOperator(
        WebSocket socket,
        TimeProvider clock,
        ChannelLimits? limits = null
    ) => new(socket, Wire.OperatorMessage, Wire.BridgeMessage, limits ?? ChannelLimits.Default, clock);

    /// <summary>The bridge's end.</summary>
    /// <param name="socket">An open WebSocket; the channel owns it.</param>
    /// <param name="clock">The clock of timeouts.</param>
    /// <param name="limits">The bounds; the default when null.</param>
    /// <param name="owned">Disposed with the channel; null for nothing.</param>
    public static MessageChannel<BridgeMessage, OperatorMessage> ForBridge(
        WebSocket socket,
        TimeProvider clock,
        ChannelLimits? limits = null,
        IDisposable? owned = null
    ) => new(socket, Wire.BridgeMessage, Wire.OperatorMessage, limits ?? ChannelLimits.Default, clock, owned);

    /// <summary>How many bytes the attempt takes within a message.</summary>
    /// <exception cref="UnsendableMessageException">It nests too deeply.</exception>
    public static int SizeOf(DesiredAttempt attempt) => SizeOf(attempt, Wire.DesiredAttempt);

    /// <summary>How many bytes the observation takes within a message.</summary>
    public static int SizeOf(AttemptObservation observation) => SizeOf(observation, Wire.AttemptObservation);

    /// <summary>How many bytes the image takes within a message.</summary>
    public static int SizeOf(NodeImage image) => SizeOf(image, Wire.NodeImage);

    private static int SizeOf<T>(T value, JsonTypeInfo<T> json)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(value, json).Length;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UnsendableMessageException($"A {typeof(T).Name} cannot be written.", e);
        }
    }
}
