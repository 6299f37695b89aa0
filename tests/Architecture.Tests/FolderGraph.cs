using System.Text;

namespace Stromboli.Architecture.Tests;

/// <summary>The folders of a project, which are its namespaces, and which of them uses which.</summary>
/// <param name="uses">The uses between types.</param>
/// <param name="root">The project's root namespace. Code that source generators put outside it is left out.</param>
internal sealed class FolderGraph(IEnumerable<TypeUse> uses, string root)
{
    private readonly ILookup<(string From, string To), TypeUse> _edges = uses.Where(use =>
            IsOurs(use.User, root) && IsOurs(use.Used, root) && Folder(use.User) != Folder(use.Used)
        )
        .ToLookup(use => (Folder(use.User), Folder(use.Used)));

    /// <summary>Groups of folders in which each folder uses each other one, directly or by way of others of the group.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles()
    {
        var folders = _edges.SelectMany(edge => new[] { edge.Key.From, edge.Key.To }).Distinct().Order(StringComparer.Ordinal).ToList();
        var reached = folders.ToDictionary(folder => folder, Reached);
        return
        [
            .. folders
                .Where(folder => reached[folder].Contains(folder))
                .GroupBy(folder => folders.First(other => reached[folder].Contains(other) && reached[other].Contains(folder)))
                .Select(group => group.ToList()),
        ];
    }

    /// <summary>What a person needs to break the circles: every use between folders of one circle.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var circle in Circles())
        {
            text.AppendLine($"Circle: {string.Join(", ", circle.Select(Short))}");
            foreach (
                var edge in _edges.Where(edge => circle.Contains(edge.Key.From) && circle.Contains(edge.Key.To)).OrderBy(edge => edge.Key)
            )
            {
                text.AppendLine($"  {Short(edge.Key.From)} uses {Short(edge.Key.To)}:");
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

    private static bool IsOurs(string type, string root) => type.StartsWith(root + ".", StringComparison.Ordinal);

    private static string Folder(string type) => type[..type.LastIndexOf('.')];

    private static string Name(string type) => type[(type.LastIndexOf('.') + 1)..];

    private string Short(string folder) => folder == root ? "(project folder)" : folder[(root.Length + 1)..];
}
