namespace Stromboli.PodmanBridge.Images;

/// <summary>A file, as far as it is looked into.</summary>
internal interface IElfFile
{
    /// <summary>Reads what is at a place.</summary>
    /// <returns>False if the file does not have all of it.</returns>
    bool TryRead(ulong offset, Span<byte> into);
}
