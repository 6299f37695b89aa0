namespace Stromboli.Bench.Runs;

/// <summary>A run that was followed from its creation to its end.</summary>
/// <param name="Name">Its name.</param>
/// <param name="UID">Its UID.</param>
/// <param name="Created">When the API server answered the create.</param>
/// <param name="Log">The times from the node's log of it.</param>
/// <param name="Sightings">What a watcher saw of it.</param>
internal sealed record BenchRun(
    string Name,
    string UID,
    DateTimeOffset Created,
    AttemptLogTimes Log,
    IReadOnlyCollection<RunSighting> Sightings
)
{
    /// <summary>When a watcher saw its end stored.</summary>
    public DateTimeOffset EndSeen => Sightings.First(sighting => sighting.Run.Status?.CompletionTime is not null).At;
}
