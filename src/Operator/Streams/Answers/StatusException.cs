namespace Stromboli.Operator.Streams.Answers;

/// <summary>A request that is answered with a Kubernetes Status.</summary>
internal sealed class StatusException : Exception
{
    private StatusException(int code, string reason, string message, int? retryAfter = null)
        : base(message)
    {
        Code = code;
        Reason = reason;
        RetryAfter = retryAfter;
    }

    /// <summary>The HTTP status.</summary>
    public int Code { get; }

    /// <summary>The word for programs, one of <c>metav1.StatusReason</c>.</summary>
    public string Reason { get; }

    /// <summary>After how many seconds the same request may succeed; clients of Kubernetes then repeat it by themselves.</summary>
    public int? RetryAfter { get; }

    /// <summary>400.</summary>
    public static StatusException BadRequest(string message) => new(StatusCodes.Status400BadRequest, "BadRequest", message);

    /// <summary>401.</summary>
    public static StatusException Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, "Unauthorized", message);

    /// <summary>403.</summary>
    public static StatusException Forbidden(string message) => new(StatusCodes.Status403Forbidden, "Forbidden", message);

    /// <summary>404.</summary>
    public static StatusException NotFound(string message) => new(StatusCodes.Status404NotFound, "NotFound", message);

    /// <summary>405.</summary>
    public static StatusException MethodNotAllowed(string message) =>
        new(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", message);

    /// <summary>429.</summary>
    public static StatusException TooManyRequests(string message) =>
        new(StatusCodes.Status429TooManyRequests, "TooManyRequests", message, retryAfter: 1);

    /// <summary>503.</summary>
    public static StatusException Unavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailable", message);

    /// <summary>503 that will be over within seconds.</summary>
    public static StatusException TryAgain(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailable", message, retryAfter: 1);

    /// <summary>An error of a node, with the status that the node chose. A status that a node may not choose becomes 503.</summary>
    public static StatusException OfNode(int code, string message) =>
        code switch
        {
            StatusCodes.Status400BadRequest => BadRequest(message),
            StatusCodes.Status404NotFound => NotFound(message),
            StatusCodes.Status409Conflict => new(code, "Conflict", message),
            StatusCodes.Status410Gone => new(code, "Gone", message),
            StatusCodes.Status413PayloadTooLarge => new(code, "RequestEntityTooLarge", message),
            StatusCodes.Status416RangeNotSatisfiable => new(code, "Invalid", message),
            StatusCodes.Status422UnprocessableEntity => new(code, "Invalid", message),
            StatusCodes.Status429TooManyRequests => TooManyRequests(message),
            StatusCodes.Status500InternalServerError => new(code, "InternalError", message),
            _ => Unavailable(message),
        };
}
