namespace Stromboli.PodmanBridge.Storage;

/// <summary>What <see cref="StorageWatch"/> knows of a run.</summary>
internal sealed class WatchedTenant(StorageTenant tenant)
{
    /// <summary>The run.</summary>
    public StorageTenant Tenant { get; } = tenant;

    /// <summary>The last measurement; null before the first.</summary>
    public Measurement? Last { get; set; }

    /// <summary>The measurement that is under way, or the last one that was. While it is, it alone writes <see cref="Last"/>.</summary>
    public Task Looking { get; set; } = Task.CompletedTask;

    /// <summary>Whether it was told to end.</summary>
    public bool Ended { get; private set; }

    /// <summary>Ends the run.</summary>
    public void End(string sentence)
    {
        Ended = true;
        Tenant.End(sentence);
    }
}
