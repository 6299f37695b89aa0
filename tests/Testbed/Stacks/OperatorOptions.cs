namespace Stromboli.Testbed.Stacks;

/// <summary>
/// How the operators of a stack are started. The operator's own default applies to what is null. Durations are Go-style (<c>5s</c>).
/// </summary>
public sealed record OperatorOptions
{
    /// <summary><c>--default-image</c>.</summary>
    public string DefaultImage { get; init; } = "registry.test/agent:1";

    /// <summary><c>--model-base-url</c>; the scripted model's if null.</summary>
    public string? ModelBaseUrl { get; init; }

    /// <summary><c>--node-lost-after</c>.</summary>
    public string? NodeLostAfter { get; init; }

    /// <summary><c>--node-lost-grace</c>.</summary>
    public string? NodeLostGrace { get; init; }

    /// <summary><c>--lease-duration</c>.</summary>
    public string? LeaseDuration { get; init; }

    /// <summary><c>--lease-renew-deadline</c>.</summary>
    public string? LeaseRenewDeadline { get; init; }

    /// <summary><c>--lease-retry-period</c>.</summary>
    public string? LeaseRetryPeriod { get; init; }

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Any further flags.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    internal IEnumerable<string> Arguments()
    {
        (string Flag, string? Value)[] flags =
        [
            ("--default-image", DefaultImage),
            ("--node-lost-after", NodeLostAfter),
            ("--node-lost-grace", NodeLostGrace),
            ("--lease-duration", LeaseDuration),
            ("--lease-renew-deadline", LeaseRenewDeadline),
            ("--lease-retry-period", LeaseRetryPeriod),
        ];
        return [.. flags.Where(flag => flag.Value is not null).SelectMany(flag => new[] { flag.Flag, flag.Value! }), .. ExtraArguments];
    }
}
