namespace Stromboli.Operator.Webhooks;

/// <summary>What one attempt to deliver came to.</summary>
internal sealed record DeliveryResult
{
    /// <summary>What became of the attempt.</summary>
    public required DeliveryOutcome Outcome { get; init; }

    /// <summary>The HTTP status of the answer; null if there was none.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Why the attempt did not succeed, as one sentence; null if it did.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the receiver asks for fewer requests.</summary>
    public bool IsSlowDown { get; init; }

    /// <summary>How long the receiver asks to wait; null if it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The receiver did not take the event.</summary>
    public static DeliveryResult Failure(string error) => new() { Outcome = DeliveryOutcome.Failed, Error = error };

    /// <summary>No request was made, because something in the cluster is missing.</summary>
    public static DeliveryResult Waits(string error) => new() { Outcome = DeliveryOutcome.Waiting, Error = error };
}

/// <summary>What became of an attempt to deliver.</summary>
internal enum DeliveryOutcome
{
    /// <summary>The receiver answered with 2xx.</summary>
    Delivered,

    /// <summary>It did not.</summary>
    Failed,

    /// <summary>It answered with 410: it wants no more of these requests.</summary>
    Gone,

    /// <summary>No request was made: the Secret cannot be used, or the API server did not answer.</summary>
    Waiting,
}
