using System.Text;

namespace Stromboli.Shim.Tests.Harness;

/// <summary>A line of the shim's stdout: its letter and what follows, without the newline.</summary>
internal readonly record struct LogLine(char Kind, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public override string ToString() => Kind + Text;
}
