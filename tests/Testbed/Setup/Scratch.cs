namespace Stromboli.Testbed.Setup;

/// <summary>The folder in which one artefact is made before it is renamed into the cache. It is always removed.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _folder;

    public Scratch(string key)
    {
        _folder = Cache.At("tmp", $"{key}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Output);
        Directory.CreateDirectory(Work);
        Directory.CreateDirectory(Cache.At("logs"));
        LogPath = Cache.At("logs", $"{key}.log");
    }

    /// <summary>The folder that becomes the artefact.</summary>
    public string Output => Path.Combine(_folder, "out");

    /// <summary>A folder for the recipe's temporary files.</summary>
    public string Work => Path.Combine(_folder, "work");

    /// <summary>The file with everything that the recipe prints.</summary>
    public string LogPath { get; }

    /// <summary>Removes leftovers of interrupted set-ups. Requires the cache's lock.</summary>
    public static void RemoveLeftovers()
    {
        if (Directory.Exists(Cache.At("tmp")))
        {
            Remove(Cache.At("tmp"));
        }
    }

    public void Dispose() => Remove(_folder);

    // rm can remove the device files of a bootstrapped root. It stays on one file system, in case something is still mounted there.
    private static void Remove(string folder)
    {
        using var rm = System.Diagnostics.Process.Start("rm", ["-rf", "--one-file-system", folder]);
        rm.WaitForExit();
    }
}
