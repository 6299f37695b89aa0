using System.Buffers.Binary;
using System.Text;

namespace Stromboli.Shim.Tests.Harness;

/// <summary>What an agent is started with; tests change one member at a time.</summary>
internal sealed record Go
{
    public IReadOnlyList<string> Argv { get; init; } = ["/bin/true"];

    public IReadOnlyList<string> Environment { get; init; } = ["PATH=/usr/bin:/bin"];

    public string? Workdir { get; init; } = "/tmp";

    public IReadOnlyList<byte[]> Stdin { get; init; } = [];

    public IReadOnlyList<(int Port, string Socket)> Relays { get; init; } = [];

    public long? LogBytes { get; init; }

    public int? GraceMs { get; init; }

    public long? LeaseMs { get; init; } = 60_000;

    public IReadOnlyList<(string Name, string Command)> Hooks { get; init; } = [];

    public long? HooksMs { get; init; }

    /// <summary>Raw fields, after the others.</summary>
    public IReadOnlyList<(byte Key, byte[] Value)> Extra { get; init; } = [];

    public static Go Shell(string script) => new() { Argv = ["sh", "-c", script] };

    public static Go Attack(params string[] arguments) => new() { Argv = ["/opt/stromboli/attacker", .. arguments] };

    /// <summary>Same, with hooks before the agent, whose fields are named h[0], h[1] and so on.</summary>
    public Go After(params string[] commands) =>
        this with
        {
            Hooks = [.. commands.Select((command, i) => ($"h[{i}]", command))],
            HooksMs = 30_000,
        };

    public byte[] ToPayload()
    {
        using var payload = new MemoryStream();
        foreach (var argument in Argv)
        {
            Add(payload, 1, Encoding.UTF8.GetBytes(argument));
        }

        foreach (var entry in Environment)
        {
            Add(payload, 2, Encoding.UTF8.GetBytes(entry));
        }

        if (Workdir is not null)
        {
            Add(payload, 3, Encoding.UTF8.GetBytes(Workdir));
        }

        foreach (var piece in Stdin)
        {
            Add(payload, 4, piece);
        }

        foreach (var (port, socket) in Relays)
        {
            Add(payload, 5, [(byte)port, (byte)(port >> 8), .. Encoding.UTF8.GetBytes(socket)]);
        }

        if (LogBytes is { } logBytes)
        {
            Add(payload, 6, BitConverter.GetBytes(logBytes));
        }

        if (GraceMs is { } grace)
        {
            Add(payload, 7, BitConverter.GetBytes(grace));
        }

        if (LeaseMs is { } lease)
        {
            Add(payload, 8, BitConverter.GetBytes(lease));
        }

        foreach (var (name, command) in Hooks)
        {
            Add(payload, 9, Encoding.UTF8.GetBytes($"{name}={command}"));
        }

        if (HooksMs is { } hooks)
        {
            Add(payload, 10, BitConverter.GetBytes(hooks));
        }

        foreach (var (key, value) in Extra)
        {
            Add(payload, key, value);
        }

        return payload.ToArray();
    }

    private static void Add(Stream payload, byte key, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[5];
        header[0] = key;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], value.Length);
        payload.Write(header);
        payload.Write(value);
    }
}
