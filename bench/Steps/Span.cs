namespace Stromboli.Bench.Steps;

/// <summary>An activity of operator or bridge.</summary>
/// <param name="Process">Which of the two.</param>
/// <param name="Name">Its name.</param>
/// <param name="Start">When it began, by this machine's clock.</param>
/// <param name="Duration">How long it took; zero for a point in time.</param>
internal sealed record Span(string Process, string Name, DateTime Start, TimeSpan Duration);
