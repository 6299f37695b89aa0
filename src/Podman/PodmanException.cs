using System.Net;

namespace Stromboli.Podman;

/// <summary>A call to Podman failed: the engine answered with an error, or did not answer.</summary>
public sealed class PodmanException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="call">The call, such as <c>POST containers/create</c>.</param>
    /// <param name="message">What went wrong, without the call.</param>
    /// <param name="status">The status of the answer; null if there was none.</param>
    /// <param name="cause">The error at the root, as Podman names it; null if it names none.</param>
    /// <param name="inner">The exception behind this one; null if there is none.</param>
    public PodmanException(string call, string message, HttpStatusCode? status = null, string? cause = null, Exception? inner = null)
        : base($"Podman, {call}: {message}", inner)
    {
        Call = call;
        Status = status;
        PodmanCause = cause;
        PodmanMessage = message;
    }

    /// <summary>The call, such as <c>POST containers/create</c>.</summary>
    public string Call { get; }

    /// <summary>The status of the answer; null if there was none (no socket, broken connection, timeout).</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The error at the root, as Podman names it; null if it names none.</summary>
    public string? PodmanCause { get; }

    /// <summary>What Podman says, without the call.</summary>
    public string PodmanMessage { get; }

    /// <summary>Whether no connection could be made, so that the engine did not carry out the call.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>
    /// Whether this is the answer to a repeated call whose first connection broke. The error may be about what the first one left behind.
    /// </summary>
    public bool Interrupted { get; init; }

    /// <summary>Whether there was no answer, so that the engine may or may not have carried out the call.</summary>
    public bool IsUnanswered => Status is null;

    /// <summary>
    /// Whether the container's state does not allow the call, for example because it does not run. Podman 4.3 answers 500, later versions
    /// answer 409.
    /// </summary>
    public bool IsWrongState => PodmanCause is "container state improper";

    /// <summary>
    /// Whether the name is taken, or the resource to remove is in use. Podman 5.4 answers 500 when a name is taken; only the cause tells.
    /// </summary>
    public bool IsConflict =>
        Status is HttpStatusCode.Conflict
        || PodmanCause is "that name is already in use" or "volume already exists" or "container already exists";
}
