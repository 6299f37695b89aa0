namespace Stromboli.Testbed.Setup;

/// <summary>Where one artefact is made before it is renamed into the cache; removed whatever happens.</summary>
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

    /// <summary>For whatever the recipe needs on the way.</summary>
    public string Work => Path.Combine(_folder, "work");

    /// <summary>Everything the recipe prints.</summary>
    public string LogPath { get; }

    /// <summary>Removes what interrupted set-ups left. Only under the cache's lock.</summary>
    public static void RemoveLeftovers()
    {
        if (Directory.Exists(Cache.At("tmp")))
        {
            Remove(Cache.At("tmp"));
        }
    }

    public void Dispose() => Remove(_folder);

    // Device files of a bootstrapped root and the like are rm's business; it stays on one file system, should something still be mounted
    // there.
    private static void Remove(string folder)
    {
        using var rm = System.Diagnostics.Process.Start("rm", ["-rf", "--one-file-system", folder]);
        rm.WaitForExit();
    }
}
