using System.Buffers.Binary;
using System.Text;

namespace Stromboli.EndToEnd.Telemetry;

/// <summary>
/// A message of Protocol Buffers as its fields on the wire. OTLP has few messages, and what the exporter wrote is thus read by code that
/// shares nothing with it.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <exception cref="FormatException">The bytes are not a message.</exception>
    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default));
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    _fields.Add((field, 0, Take(ref bytes, length)));
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default));
                    break;
                default:
                    throw new FormatException($"Field {field} has the wire type {tag & 7}, which proto3 does not use.");
            }
        }
    }

    /// <summary>The messages of a field, none if it is absent.</summary>
    public IEnumerable<ProtoMessage> Messages(int field) => Of(field).Select(found => new ProtoMessage(found.Bytes));

    /// <summary>The texts of a field.</summary>
    public IEnumerable<string> Texts(int field) => Of(field).Select(found => Encoding.UTF8.GetString(found.Bytes.Span));

    /// <summary>The text of a field; empty if it is absent.</summary>
    public string Text(int field) => Texts(field).LastOrDefault() ?? "";

    /// <summary>The bytes of a field as hex digits; empty if it is absent.</summary>
    public string Hex(int field) => Convert.ToHexStringLower(Of(field).LastOrDefault().Bytes.Span);

    /// <summary>The number of a field; 0 if it is absent.</summary>
    public ulong Number(int field) => Of(field).LastOrDefault().Number;

    private IEnumerable<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> Of(int field) =>
        _fields.Where(found => found.Field == field);

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(ref bytes, 1).Span[0];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("A number has more than ten bytes.");
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int length)
    {
        if (length < 0 || length > bytes.Length)
        {
            throw new FormatException($"{length} bytes are announced, and {bytes.Length} are left.");
        }

        var taken = bytes[..length];
        bytes = bytes[length..];
        return taken;
    }
}
