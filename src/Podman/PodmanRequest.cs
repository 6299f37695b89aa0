namespace Stromboli.Podman;

/// <summary>One call to libpod.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path below <c>libpod/</c>, escaped, with its query.</param>
/// <param name="Timeout">The time until the answer is complete, or until its headers for a stream.</param>
internal sealed record PodmanRequest(HttpMethod Method, string Path, TimeSpan Timeout)
{
    /// <summary>The body, as JSON; null for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The value of <c>X-Registry-Auth</c>; null for no such header.</summary>
    public string? RegistryAuth { get; init; }

    /// <summary>Whether carrying it out twice is the same as once, so that a torn connection is answered by another try.</summary>
    public bool Idempotent { get; init; }

    /// <summary>
    /// Whether the caller cannot end a try that is under way, only the wait for an engine that is away: the engine would go on behind the
    /// bridge's back with a call that changes something and was given up half way.
    /// </summary>
    public bool Uninterruptible { get; init; }

    /// <summary>Whether an engine that is away is waited for. Not where the answer is whether it is there.</summary>
    public bool Waits { get; init; } = true;

    /// <summary>The largest answer that is read, in bytes.</summary>
    public int MaxResponseBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>What stands in an error.</summary>
    public string Name => $"{Method} {Path.Split('?')[0]}";

    public static PodmanRequest Get(string path) => new(HttpMethod.Get, path, PodmanTimeouts.Read) { Idempotent = true };

    public static PodmanRequest Post(string path) => new(HttpMethod.Post, path, PodmanTimeouts.Write);

    public static PodmanRequest Delete(string path) => new(HttpMethod.Delete, path, PodmanTimeouts.Write) { Idempotent = true };
}
