namespace Stromboli.PodmanBridge.Containers;

/// <summary>Collects what differs between two things that should be the same.</summary>
internal sealed class Differences
{
    private readonly List<string> _list = [];

    /// <summary>What was found, each as half a sentence.</summary>
    public IReadOnlyList<string> List => _list;

    public void Add(string difference) => _list.Add(difference);

    /// <summary>Notes a value that is not the one meant.</summary>
    public void Same<T>(string what, T meant, T? made)
    {
        if (!EqualityComparer<T>.Default.Equals(meant, made!))
        {
            _list.Add($"{what} is {Show(made)} instead of {Show(meant)}");
        }
    }

    /// <summary>Notes values of a list that may not be there.</summary>
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
