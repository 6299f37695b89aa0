namespace Stromboli.Bench.Kills;

/// <summary>Which process is killed.</summary>
internal enum Victim
{
    /// <summary>A bridge.</summary>
    Bridge,

    /// <summary>The operator.</summary>
    Operator,

    /// <summary>A node's Podman service.</summary>
    Podman,

    /// <summary>The API server.</summary>
    ApiServer,
}

/// <summary>One kill.</summary>
/// <param name="Victim">The kind of process.</param>
/// <param name="Node">The index of the node, for a process of a node.</param>
/// <param name="After">The time after the creation of the round's runs.</param>
/// <param name="Away">How long the process stays away.</param>
internal sealed record Kill(Victim Victim, int Node, TimeSpan After, TimeSpan Away)
{
    // Bridges and operators are under test. Podman and the API server also restart now and then.
    private static readonly (Victim Victim, int Weight)[] Weights =
    [
        (Victim.Bridge, 18),
        (Victim.Operator, 20),
        (Victim.Podman, 8),
        (Victim.ApiServer, 4),
    ];

    /// <summary>Makes a list of kills. The same seed gives the same list.</summary>
    public static IEnumerable<Kill> Plan(KillsSettings settings, int nodes)
    {
        var random = new Random(settings.Seed);
        for (var i = 0; i < settings.Kills; i++)
        {
#pragma warning disable CA5394 // What is killed when needs no secrecy.
            var point = random.Next(Weights.Sum(weight => weight.Weight));
            var victim = Weights.First(weight => (point -= weight.Weight) < 0).Victim;
            yield return new Kill(
                victim,
                random.Next(nodes),
                TimeSpan.FromMilliseconds(random.Next(1500)),
                TimeSpan.FromMilliseconds(random.Next(2500))
            );
#pragma warning restore CA5394
        }
    }
}
