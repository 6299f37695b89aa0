namespace Stromboli.NodeLink.Messages;

/// <summary>A credential and the origin that it may go to: one object, so that it can go nowhere else.</summary>
public sealed record ModelCredential
{
    /// <summary>The model's origin, for example <c>https://api.anthropic.com</c>.</summary>
    public required string BaseURL { get; init; }

    /// <summary>
    /// Whether <see cref="BaseURL"/> is the operator's own configuration, which alone may name loopback and private addresses.
    /// </summary>
    public required bool OperatorOrigin { get; init; }

    /// <summary>How the credential is presented.</summary>
    public required CredentialKind Kind { get; init; }

    /// <summary>The credential.</summary>
    public required string Value { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(ModelCredential);
}
