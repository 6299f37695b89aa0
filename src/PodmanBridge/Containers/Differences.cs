namespace Stromboli.PodmanBridge.Containers;

/// <summary>Collects the differences between two things that should be equal.</summary>
internal sealed class Differences
{
    private readonly List<string> _list = [];

    /// <summary>The differences, each as half a sentence.</summary>
    public IReadOnlyList<string> List => _list;

    public void Add(string difference) => _list.Add(difference);

    /// <summary>Adds a difference if a value is not the planned one.</summary>
    public void Same<T>(string what, T meant, T? made)
    {
        if (!EqualityComparer<T>.Default.Equals(meant, made!))
        {
            _list.Add($"{what} is {Show(made)} instead of {Show(meant)}");
        }
    }

    /// <summary>Adds the values of a list that are not allowed there.</summary>
    public void Only(string what, IEnumerable<string>? made, Func<string, bool> allowed)
    {
        foreach (var value in made ?? [])
        {
            if (!allowed(value))
            {
                _list.Add($"{what} {Show(value)} was added");
            }
        }
    }

    private static string Show<T>(T? value) =>
        value switch
        {
            null => "missing",
            "" => "empty",
            bool b => b ? "true" : "false",
            _ => value.ToString() ?? "",
        };
}
