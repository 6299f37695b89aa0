using Stromboli.Crds.Generator;

if (args is not [var directory])
{
    await Console.Error.WriteLineAsync("usage: Crds.Generator DIRECTORY\nWrites the CustomResourceDefinitions of stromboli.dev there, one file each.");
    return 2;
}
Directory.CreateDirectory(directory);
foreach (var (file, text) in GeneratedFiles.All())
    await File.WriteAllTextAsync(Path.Combine(directory, file), text);
return 0;
