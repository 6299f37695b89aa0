namespace Stromboli.Bench.Steps;

/// <summary>A step of the cold start: the median of several runs.</summary>
/// <param name="Process">The process that does it.</param>
/// <param name="Name">What it does.</param>
/// <param name="At">When it begins, in milliseconds after the API server answered the create.</param>
/// <param name="Takes">How long it takes, in milliseconds; zero for a point in time.</param>
internal sealed record Step(string Process, string Name, double At, double Takes);
