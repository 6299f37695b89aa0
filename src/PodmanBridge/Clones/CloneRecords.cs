using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>What the log of a clone's container says. Its script prints the commit, and git itself prints only to standard error.</summary>
internal sealed class CloneRecords : ShimLogRecords
{
    private const int Longest = 64;

    private readonly StringBuilder _output = new();

    /// <summary>The commit that was checked out; null if there is none.</summary>
    public string? Commit => _output.ToString() is { Length: 40 or Longest } id && id.All(char.IsAsciiHexDigitLower) ? id : null;

    /// <inheritdoc/>
    public override void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (_output.Length <= Longest)
        {
            _output.Append(Encoding.Latin1.GetString(piece[..Math.Min(piece.Length, Longest + 1)]));
        }
    }
}
