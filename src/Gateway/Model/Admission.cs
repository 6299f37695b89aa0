namespace Stromboli.Gateway.Model;

/// <summary>Whether a request may go out: the upstream, or the reason why not.</summary>
internal readonly record struct Admission(ModelUpstream? Upstream, string Refusal, bool Final)
{
    /// <summary>It may.</summary>
    public static Admission To(ModelUpstream upstream) => new(upstream, "", Final: false);

    /// <summary>It may not, now.</summary>
    public static Admission Later(string why) => new(null, why, Final: false);

    /// <summary>It may not, and never will.</summary>
    public static Admission Never(string why) => new(null, why, Final: true);
}
