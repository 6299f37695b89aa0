using System.Net;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>A request to the API server that failed, either by its answer or because no answer came.</summary>
public sealed class ApiException : Exception
{
    /// <summary>The <see cref="Reason"/> of an answer that is larger than the client reads.</summary>
    internal const string ResponseTooLarge = nameof(ResponseTooLarge);

    /// <summary>Makes an exception.</summary>
    public ApiException(
        HttpStatusCode? statusCode,
        string reason,
        string message,
        TimeSpan? retryAfter = null,
        Status? status = null,
        Exception? inner = null
    )
        : base(message, inner)
    {
        StatusCode = statusCode;
        Reason = reason;
        RetryAfter = retryAfter;
        Status = status;
    }

    /// <summary>HTTP status; null when no complete answer came. Then it is unknown whether the request took effect.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>
    /// The API server's CamelCase reason, such as <c>Conflict</c> or <c>AlreadyExists</c>; <c>NoAnswer</c>, <c>Timeout</c> or
    /// <c>ResponseTooLarge</c> without an answer.
    /// </summary>
    public string Reason { get; }

    /// <summary>How long the server asked to wait.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The server's whole answer, if it was a Status.</summary>
    public Status? Status { get; }

    /// <summary>404.</summary>
    public bool IsNotFound => StatusCode == HttpStatusCode.NotFound;

    /// <summary>409 because of a version or precondition, not because the name is taken.</summary>
    public bool IsConflict => StatusCode == HttpStatusCode.Conflict && !IsAlreadyExists;

    /// <summary>409 because the name is taken.</summary>
    public bool IsAlreadyExists => StatusCode == HttpStatusCode.Conflict && Reason == "AlreadyExists";

    /// <summary>410: the version or continue token is too old.</summary>
    public bool IsGone => StatusCode == HttpStatusCode.Gone;

    /// <summary>403, also from quota and admission.</summary>
    public bool IsForbidden => StatusCode == HttpStatusCode.Forbidden;

    /// <summary>422: the object does not pass validation.</summary>
    public bool IsInvalid => StatusCode == HttpStatusCode.UnprocessableEntity;

    /// <summary>The answer is larger than the client reads.</summary>
    public bool IsTooLarge => Reason == ResponseTooLarge;

    /// <summary>
    /// Whether the same request may well succeed later: no answer, 429 or 5xx. An answer that was too large would be too large again.
    /// </summary>
    public bool IsTransient => StatusCode is { } code ? code == HttpStatusCode.TooManyRequests || (int)code >= 500 : !IsTooLarge;
}
