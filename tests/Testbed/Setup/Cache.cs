namespace Stromboli.Testbed.Setup;

/// <summary>
/// The folder outside the work tree that keeps what is slow to fetch or build: <c>$STROMBOLI_CACHE</c>, else <c>stromboli</c> in the user's
/// cache folder.
/// </summary>
public static class Cache
{
    /// <summary>The cache folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path in the cache folder.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Takes the lock that separates two set-ups; waits for the one that holds it.</summary>
    public static async Task<IDisposable> LockAsync(Action waiting, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Root);
        for (var told = false; ; told = true)
        {
            try
            {
                return new FileStream(At("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (!told)
                {
                    waiting();
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }
    }

    private static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable("STROMBOLI_CACHE") is { Length: > 0 } own)
        {
            return Path.GetFullPath(own);
        }

        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(caches, "stromboli");
    }
}
