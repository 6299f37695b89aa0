namespace Stromboli.Crds.Schema;

/// <summary>
/// The text has at most this many bytes of UTF-8. Becomes <c>maxLength</c> (which counts code points, never more than bytes) and a CEL rule
/// that counts bytes.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxBytesAttribute(int bytes) : Attribute
{
    /// <summary>The bound, in bytes.</summary>
    public int Bytes { get; } = bytes;
}
