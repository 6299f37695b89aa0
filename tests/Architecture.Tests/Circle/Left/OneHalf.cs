namespace Stromboli.Architecture.Tests.Circle.Left;

/// <summary>One half of a circle that the test must find.</summary>
internal sealed class OneHalf
{
    public static IEnumerable<string> Names() => new[] { 1 }.Select(number => Right.OtherHalf.Name(number));
}
