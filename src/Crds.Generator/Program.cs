using Stromboli.Crds.Generator;

if (args is not [var root])
{
    await Console.Error.WriteLineAsync(
        "usage: Crds.Generator DIRECTORY\nWrites the CRDs of stromboli.dev and their reference pages into the repository at DIRECTORY."
    );
    return 2;
}
foreach (var (file, text) in GeneratedFiles.All())
{
    var path = Path.Combine(root, file);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    await File.WriteAllTextAsync(path, text);
}
return 0;
