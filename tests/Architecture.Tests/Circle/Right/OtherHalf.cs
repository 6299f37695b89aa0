namespace Stromboli.Architecture.Tests.Circle.Right;

/// <summary>The other half: it uses the first only as a type argument within a method.</summary>
internal static class OtherHalf
{
    public static string Name(int number) => $"{number} {typeof(List<Left.OneHalf[]>).Name}";
}
