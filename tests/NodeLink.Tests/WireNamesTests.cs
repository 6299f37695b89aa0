using System.Text.Json.Serialization;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink.Tests;

/// <summary>Operators and bridges of different versions talk to each other, so the names of messages on the wire do not change.</summary>
public sealed class WireNamesTests
{
    [Fact]
    public void BridgeMessage_EveryType_KeepsItsNameOnTheWire() =>
        Assert.Equal(
            ["FactsChanged", "Hello", "ImagesChanged", "Observed", "ObservedSnapshot", "Ping", "PrePullChanged"],
            Names(typeof(BridgeMessage))
        );

    [Fact]
    public void OperatorMessage_EveryType_KeepsItsNameOnTheWire() =>
        Assert.Equal(
            ["Desired", "DesiredSnapshot", "LeaseGrant", "OpenStream", "Refused", "SessionGone", "TokenIssued", "WantedImages", "Welcome"],
            Names(typeof(OperatorMessage))
        );

    private static IEnumerable<string> Names(Type message) =>
        message
            .GetCustomAttributes(typeof(JsonDerivedTypeAttribute), inherit: false)
            .Select(type => (string)((JsonDerivedTypeAttribute)type).TypeDiscriminator!)
            .Order(StringComparer.Ordinal);
}
