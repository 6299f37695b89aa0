namespace Stromboli.Bench.Steps;

/// <summary>Something that took time in operator or bridge.</summary>
/// <param name="Process">In which of the two.</param>
/// <param name="Name">What it was.</param>
/// <param name="Start">When it began, by this machine's clock.</param>
/// <param name="Duration">How long it took; zero for a moment.</param>
internal sealed record Span(string Process, string Name, DateTime Start, TimeSpan Duration);
