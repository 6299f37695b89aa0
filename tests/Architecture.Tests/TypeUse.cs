namespace Stromboli.Architecture.Tests;

/// <summary>One type uses another. Both names are full names.</summary>
/// <param name="User">The type that depends on the other.</param>
/// <param name="Used">The type that it depends on.</param>
internal sealed record TypeUse(string User, string Used);
