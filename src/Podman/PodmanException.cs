using System.Net;

namespace Stromboli.Podman;

/// <summary>A call to Podman that failed: the service's own answer, or no answer at all.</summary>
internal sealed class PodmanException : Exception
{
    public PodmanException(string call, string message, HttpStatusCode? status = null, string? cause = null, Exception? inner = null)
        : base($"Podman, {call}: {message}", inner)
    {
        Call = call;
        Status = status;
        PodmanCause = cause;
        PodmanMessage = message;
    }

    /// <summary>The call, for example <c>POST containers/create</c>.</summary>
    public string Call { get; }

    /// <summary>The status of the answer; null when there was none (no socket, torn connection, timeout).</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The error at the root, as Podman names it.</summary>
    public string? PodmanCause { get; }

    /// <summary>What Podman says, without the call.</summary>
    public string PodmanMessage { get; }

    /// <summary>Whether no connection could be made, so that the call was not carried out.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>
    /// Whether the engine answered a call that had been sent before and was torn, so that what it says may be about what it left half done.
    /// </summary>
    public bool Interrupted { get; init; }

    /// <summary>Whether there was no answer, so that the call may or may not have been carried out.</summary>
    public bool IsUnanswered => Status is null;

    /// <summary>
    /// Whether the container is in a state in which the call makes no sense, not running for example. Podman 4.3 answers 500, later ones
    /// 409.
    /// </summary>
    public bool IsWrongState => PodmanCause is "container state improper";

    /// <summary>
    /// Whether the name is taken, or what was to be removed is in use. Podman 5.4 answers 500 to a taken name and has only the cause to
    /// tell.
    /// </summary>
    public bool IsConflict =>
        Status is HttpStatusCode.Conflict
        || PodmanCause is "that name is already in use" or "volume already exists" or "container already exists";
}
