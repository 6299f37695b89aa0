namespace Stromboli.PodmanBridge.Storage;

/// <summary>How far a directory could be measured. What is not whole is a lower bound.</summary>
internal enum DirectoryState
{
    /// <summary>Everything in it.</summary>
    Whole,

    /// <summary>Until it was more than was asked about.</summary>
    Over,

    /// <summary>Until the time was over.</summary>
    Late,

    /// <summary>But for what is nested too deep.</summary>
    Deep,

    /// <summary>But for what the kernel let nobody look at.</summary>
    Denied,
}
