using System.Buffers.Binary;
using System.Text;

namespace Stromboli.Pipeline.Tests;

/// <summary>
/// Reads the frame that tells the shim about a run, as docs/design/shim-protocol.md defines it and as the shim does: fields of a key, a
/// length and bytes.
/// </summary>
internal sealed class GoReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<(byte Key, byte[] Value)> _fields = [];

    public GoReader(ReadOnlySpan<byte> frame)
    {
        while (!frame.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame[1..]);
            _fields.Add((frame[0], frame.Slice(5, length).ToArray()));
            frame = frame[(5 + length)..];
        }
    }

    public IReadOnlyList<string> Argv => Texts(1);

    public IReadOnlyList<string> Environment => Texts(2);

    public string Workdir => Assert.Single(Texts(3));

    public byte[] Stdin => Assert.Single(_fields, part => part.Key == 4).Value;

    public IReadOnlyList<string> Hooks => Texts(9);

    public IEnumerable<byte> Keys => _fields.Select(part => part.Key).Distinct();

    // C's exec ends a string at its first NUL.
    private List<string> Texts(byte key) =>
        [.. _fields.Where(part => part.Key == key).Select(part => Strict.GetString(part.Value).Split('\0')[0])];
}
