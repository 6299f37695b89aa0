using System.Text;
using System.Text.Json;

namespace Stromboli.Shim.Tests.Harness;

internal enum FrameType : byte
{
    Hello = 1,
    Started = 2,
    Exited = 3,
    Failed = 4,
}

/// <summary>A frame from the shim.</summary>
internal sealed record Frame(FrameType Type, byte[] Payload)
{
    public JsonElement Json => JsonDocument.Parse(Payload).RootElement;

    public override string ToString() => $"{Type} {Encoding.UTF8.GetString(Payload)}";
}
