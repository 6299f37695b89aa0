using System.Text;

namespace Stromboli.Architecture.Tests;

/// <summary>The folders of a project, and which of them uses which.</summary>
/// <param name="uses">The uses between types.</param>
/// <param name="folders">The folder of each type. A type without a folder, such as one that a source generator made, is left out.</param>
internal sealed class FolderGraph(IEnumerable<TypeUse> uses, IReadOnlyDictionary<string, string> folders)
{
    private readonly ILookup<(string From, string To), TypeUse> _edges = uses.Where(use =>
            folders.ContainsKey(use.User) && folders.ContainsKey(use.Used) && folders[use.User] != folders[use.Used]
        )
        .ToLookup(use => (folders[use.User], folders[use.Used]));

    /// <summary>Groups of folders in which each folder uses each other one, directly or by way of others of the group.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles()
    {
        var names = _edges.SelectMany(edge => new[] { edge.Key.From, edge.Key.To }).Distinct().Order(StringComparer.Ordinal).ToList();
        var reached = names.ToDictionary(folder => folder, Reached);
        return
        [
            .. names
                .Where(folder => reached[folder].Contains(folder))
                .GroupBy(folder => names.First(other => reached[folder].Contains(other) && reached[other].Contains(folder)))
                .Select(group => group.ToList()),
        ];
    }

    /// <summary>What a person needs to break the circles: every use between folders of one circle.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var circle in Circles())
        {
            text.AppendLine($"Circle: {string.Join(", ", circle)}");
            foreach (
                var edge in _edges.Where(edge => circle.Contains(edge.Key.From) && circle.Contains(edge.Key.To)).OrderBy(edge => edge.Key)
            )
            {
                text.AppendLine($"  {edge.Key.From} uses {edge.Key.To}:");
                foreach (var user in edge.GroupBy(use => use.User).OrderBy(user => user.Key, StringComparer.Ordinal))
                {
                    text.AppendLine(
                        $"    {Name(user.Key)}: {string.Join(", ", user.Select(use => Name(use.Used)).Order(StringComparer.Ordinal))}"
                    );
                }
            }
        }

        return text.ToString();
    }

    private HashSet<string> Reached(string from)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([from]);
        while (open.TryDequeue(out var folder))
        {
            foreach (var next in _edges.Where(edge => edge.Key.From == folder).Select(edge => edge.Key.To).Where(reached.Add))
            {
                open.Enqueue(next);
            }
        }

        return reached;
    }

    private static string Name(string type) => type[(type.LastIndexOf('.') + 1)..];
}
