namespace Stromboli.NodeLink.Messages;

/// <summary>The first message of a bridge on a new link.</summary>
public sealed record Hello : BridgeMessage
{
    /// <summary>
    /// The version of the message schema, from <see cref="NodeLinkProtocol.OldestSchema"/> to <see cref="NodeLinkProtocol.Schema"/>. The
    /// operator refuses any other.
    /// </summary>
    public required int Schema { get; init; }

    /// <summary>The name of the bridge's AgentNode. It must be the one that the link was authorized for.</summary>
    public required string Node { get; init; }

    /// <summary>
    /// The installation that the bridge has worked for; null if none. <see cref="SeenEpoch"/> counts only for the same installation.
    /// </summary>
    public string? Installation { get; init; }

    /// <summary>
    /// The highest epoch that the bridge has seen. An operator of the same installation with a lower epoch is no longer the leader.
    /// </summary>
    public required long SeenEpoch { get; init; }

    /// <summary>The facts of the node.</summary>
    public required NodeFacts Facts { get; init; }

    /// <summary>
    /// In schema 1: all attempts that the node still knows. Later schemas send them in <see cref="ObservedSnapshot"/>, because they can
    /// exceed the size of a message.
    /// </summary>
    public IReadOnlyList<AttemptObservation>? Observed { get; init; }
}

/// <summary>The operator's answer to <see cref="Hello"/>.</summary>
public sealed record Welcome : OperatorMessage
{
    /// <summary>The installation: the UID of the kube-system namespace. Containers and volumes are labelled with it.</summary>
    public required string Installation { get; init; }

    /// <summary>The prices of models, for the gateway's ledger.</summary>
    public required IReadOnlyList<ModelPrice> Prices { get; init; }

    /// <summary>The tools at the model provider that runs can use; all others are refused. Null for none.</summary>
    public IReadOnlyList<ServerTool>? ServerTools { get; init; }
}

/// <summary>The price of a model, in US dollars for a million tokens.</summary>
public sealed record ModelPrice
{
    /// <summary>
    /// The model's name, which also matches its dated snapshots; or a prefix that ends with <c>*</c>. The longest matching prefix wins.
    /// </summary>
    public required string Model { get; init; }

    /// <summary>Input that is neither read from a cache nor written to one.</summary>
    public required decimal Input { get; init; }

    /// <summary>Output, including thinking.</summary>
    public required decimal Output { get; init; }

    /// <summary>Input read from a prompt cache.</summary>
    public required decimal CacheRead { get; init; }

    /// <summary>Input written to a prompt cache that lasts five minutes.</summary>
    public required decimal CacheWrite { get; init; }

    /// <summary>Input written to a prompt cache that lasts an hour.</summary>
    public required decimal CacheWriteHour { get; init; }
}

/// <summary>A tool that runs at the model provider and that the operator lets runs use.</summary>
public sealed record ServerTool
{
    /// <summary>
    /// The name without the date of its version, such as <c>web_search</c>. Also <c>mcp_servers</c> and <c>container</c>, which are members
    /// of a request.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The price of a thousand uses in addition to their tokens, in US dollars; null if it is unknown.</summary>
    public decimal? PerThousandUSD { get; init; }
}

/// <summary>The node's next connect token. It replaces the one in the bridge's token file.</summary>
public sealed record TokenIssued : OperatorMessage
{
    /// <summary>The token.</summary>
    public required string Token { get; init; }

    /// <summary>The name of the type, without the secrets.</summary>
    public override string ToString() => nameof(TokenIssued);
}
