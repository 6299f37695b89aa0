namespace Stromboli.Gateway.Model;

/// <summary>Whether a request may go out: the upstream, or the reason why not.</summary>
internal readonly record struct Admission(ModelUpstream? Upstream, string Refusal, bool Final)
{
    /// <summary>The request may go out to this upstream.</summary>
    public static Admission To(ModelUpstream upstream) => new(upstream, "", Final: false);

    /// <summary>The request is refused for now.</summary>
    public static Admission Later(string why) => new(null, why, Final: false);

    /// <summary>The request is refused, and so is each later one.</summary>
    public static Admission Never(string why) => new(null, why, Final: true);
}
