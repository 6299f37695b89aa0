namespace Stromboli.Kubernetes;

/// <summary>
/// An object that the API server has stored and whose type does not fit it: what a schema lets pass, or an older one did.
/// </summary>
/// <param name="Key">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Problem">What cannot be read, and where.</param>
public sealed record UnreadableObject(NamespacedName Key, string? Uid, string Problem);
