using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Pushes;

/// <summary>What the log of the container says that pushes what an agent left. Its script prints the outcome.</summary>
internal sealed class PublishRecords : ShimLogRecords
{
    private const int Longest = 4096;

    private readonly StringBuilder _output = new();

    /// <summary>What the script printed.</summary>
    public string Output => _output.ToString().Trim();

    /// <inheritdoc/>
    public override void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (_output.Length < Longest)
        {
            _output.Append(Encoding.UTF8.GetString(piece[..Math.Min(piece.Length, Longest)])).Append(endOfLine ? "\n" : "");
        }
    }
}
