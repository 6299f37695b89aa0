namespace Stromboli.Podman;

/// <summary>A call to libpod.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below <c>libpod/</c>, escaped, with its query.</param>
/// <param name="Timeout">The time until the answer is complete; for a stream, until its headers have arrived.</param>
internal sealed record PodmanRequest(HttpMethod Method, string Path, TimeSpan Timeout)
{
    private static readonly string[] Verbs =
    [
        "archive",
        "create",
        "exists",
        "history",
        "json",
        "kill",
        "logs",
        "prune",
        "pull",
        "start",
        "stop",
        "wait",
    ];

    /// <summary>The body, as JSON; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The value of <c>X-Registry-Auth</c>; null for no such header.</summary>
    public string? RegistryAuth { get; init; }

    /// <summary>
    /// Whether sending the call twice has the same result as sending it once, so that it is sent again when a connection breaks.
    /// </summary>
    public bool Idempotent { get; init; }

    /// <summary>
    /// Whether the caller's token ends only the wait for an engine that is away and not a call that has been sent. The engine would carry
    /// out a call that changes something even if the caller gave it up.
    /// </summary>
    public bool Uninterruptible { get; init; }

    /// <summary>Whether the call waits while the engine is away.</summary>
    public bool Waits { get; init; } = true;

    /// <summary>The largest answer to read, in bytes.</summary>
    public int MaxResponseBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// The call without the names of resources, such as <c>POST containers/start</c> or <c>DELETE volumes</c>. There are only as many as
    /// there are methods of this library.
    /// </summary>
    public string Operation
    {
        get
        {
            var parts = Path.Split('?')[0].Split('/');
            return Array.IndexOf(Verbs, parts[^1]) >= 0 && parts.Length > 1 ? $"{Method} {parts[0]}/{parts[^1]}" : $"{Method} {parts[0]}";
        }
    }

    /// <summary>The call in error messages.</summary>
    public string Name => $"{Method} {Path.Split('?')[0]}";

    public static PodmanRequest Get(string path) => new(HttpMethod.Get, path, PodmanTimeouts.Read) { Idempotent = true };

    public static PodmanRequest Post(string path) => new(HttpMethod.Post, path, PodmanTimeouts.Write);

    public static PodmanRequest Delete(string path) => new(HttpMethod.Delete, path, PodmanTimeouts.Write) { Idempotent = true };
}

/// <summary>How long to wait for an answer.</summary>
internal static class PodmanTimeouts
{
    /// <summary>For calls that only read.</summary>
    public static readonly TimeSpan Read = TimeSpan.FromSeconds(15);

    /// <summary>For calls that create, start or remove. Podman takes locks for these, and the disk may be busy.</summary>
    public static readonly TimeSpan Write = TimeSpan.FromSeconds(60);

    /// <summary>For streams and waits, which end with their token.</summary>
    public static readonly TimeSpan None = Timeout.InfiniteTimeSpan;
}
