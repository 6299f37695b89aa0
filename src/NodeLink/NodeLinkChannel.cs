using System.Net.WebSockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>Creates the channels of the two ends of a node link.</summary>
public static class NodeLinkChannel
{
    // Characters outside ASCII are not escaped: no browser reads this, and escapes would make a prompt up to three times as large.
    // A message with a duplicate property, or with null for a property that is not nullable, is malformed.
    private static readonly NodeLinkJson Wire = new(
        new JsonSerializerOptions(NodeLinkJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            RespectNullableAnnotations = true,
            AllowDuplicateProperties = false,
        }
    );

    /// <summary>The operator's end.</summary>
    /// <param name="socket">An open WebSocket. The channel disposes it.</param>
    /// <param name="clock">The clock of the timeouts.</param>
    /// <param name="limits">The limits; null for the default ones.</param>
    public static MessageChannel<OperatorMessage, BridgeMessage> ForOperator(
        WebSocket socket,
        TimeProvider clock,
        ChannelLimits? limits = null
    ) => new(socket, Wire.OperatorMessage, Wire.BridgeMessage, limits ?? ChannelLimits.Default, clock);

    /// <summary>The bridge's end.</summary>
    /// <param name="socket">An open WebSocket. The channel disposes it.</param>
    /// <param name="clock">The clock of the timeouts.</param>
    /// <param name="limits">The limits; null for the default ones.</param>
    /// <param name="owned">An object to dispose with the channel; null for none.</param>
    public static MessageChannel<BridgeMessage, OperatorMessage> ForBridge(
        WebSocket socket,
        TimeProvider clock,
        ChannelLimits? limits = null,
        IDisposable? owned = null
    ) => new(socket, Wire.BridgeMessage, Wire.OperatorMessage, limits ?? ChannelLimits.Default, clock, owned);

    /// <summary>The size in a message, in bytes.</summary>
    /// <exception cref="UnsendableMessageException">The attempt nests too deeply.</exception>
    public static int SizeOf(DesiredAttempt attempt) => SizeOf(attempt, Wire.DesiredAttempt);

    /// <summary>The size in a message, in bytes.</summary>
    public static int SizeOf(AttemptObservation observation) => SizeOf(observation, Wire.AttemptObservation);

    /// <summary>The size in a message, in bytes.</summary>
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
