namespace Stromboli.Bench.Steps;

/// <summary>A step of the cold start, at the median of several runs.</summary>
/// <param name="Process">Who does it.</param>
/// <param name="Name">What it is.</param>
/// <param name="At">When it begins, in milliseconds after the API server answered the create.</param>
/// <param name="Takes">How long it takes, in milliseconds; zero for a moment.</param>
internal sealed record Step(string Process, string Name, double At, double Takes);
