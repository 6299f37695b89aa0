using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The frame that lets a held agent go (docs/design/shim-protocol.md). Everything that the shim knows of the run arrives with it.
/// </summary>
internal sealed record ShimGo
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>The whole environment of the agent, <c>NAME=value</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The directory in which the agent starts. It is created if missing.</summary>
    public required string Workdir { get; init; }

    /// <summary>What the agent reads on its standard input.</summary>
    public required ReadOnlyMemory<byte> Stdin { get; init; }

    /// <summary>Loopback ports and the sockets in the run directory that they lead to.</summary>
    public required IReadOnlyList<(ushort Port, string Socket)> Relays { get; init; }

    /// <summary>How much output is kept, in bytes.</summary>
    public required long LogBytes { get; init; }

    /// <summary>The time from TERM to KILL.</summary>
    public required TimeSpan StopGrace { get; init; }

    /// <summary>The commands that run before the agent, in order.</summary>
    public IReadOnlyList<LifecycleHook> Hooks { get; init; } = [];

    /// <summary>The time limit of all these commands together.</summary>
    public TimeSpan HooksTimeout { get; init; }

    /// <summary>
    /// The maximum number of processes and threads of the agent's user, including the shim; the engine's own default if null.
    /// </summary>
    public int? Pids { get; init; }

    /// <summary>How much of the node's lease is left.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>The frame's payload.</summary>
    public ReadOnlyMemory<byte> Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var argument in Argv)
        {
            Text(buffer, 1, argument);
        }

        foreach (var variable in Environment)
        {
            Text(buffer, 2, variable);
        }

        Text(buffer, 3, Workdir);
        Field(buffer, 4, Stdin.Span);
        foreach (var (port, socket) in Relays)
        {
            var relay = new byte[2 + Encoding.ASCII.GetByteCount(socket)];
            BinaryPrimitives.WriteUInt16LittleEndian(relay, port);
            Encoding.ASCII.GetBytes(socket, relay.AsSpan(2));
            Field(buffer, 5, relay);
        }

        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, LogBytes);
        Field(buffer, 6, number);
        BinaryPrimitives.WriteUInt32LittleEndian(number, (uint)StopGrace.TotalMilliseconds);
        Field(buffer, 7, number[..4]);
        BinaryPrimitives.WriteInt64LittleEndian(number, Math.Max(0, (long)Lease.TotalMilliseconds));
        Field(buffer, 8, number);
        foreach (var hook in Hooks)
        {
            Text(buffer, 9, $"{hook.Name}={hook.Command}");
        }

        if (Hooks.Count > 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, Math.Max(1, (long)HooksTimeout.TotalMilliseconds));
            Field(buffer, 10, number);
        }

        if (Pids is { } pids)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, pids);
            Field(buffer, 11, number);
        }

        return buffer.WrittenMemory;
    }

    private static void Text(ArrayBufferWriter<byte> buffer, byte key, string text) => Field(buffer, key, Encoding.UTF8.GetBytes(text));

    private static void Field(ArrayBufferWriter<byte> buffer, byte key, ReadOnlySpan<byte> value)
    {
        var head = buffer.GetSpan(5);
        head[0] = key;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], value.Length);
        buffer.Advance(5);
        buffer.Write(value);
    }
}
