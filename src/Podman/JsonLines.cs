using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stromboli.Podman;

/// <summary>Reads a streamed answer that has one JSON value in each line.</summary>
internal static class JsonLines
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaxLineBytes = 1024 * 1024;

    public static async IAsyncEnumerable<T> ReadAsync<T>(
        string call,
        HttpResponseMessage response,
        JsonTypeInfo<T> type,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var reader = PipeReader.Create(stream);
        while (true)
        {
            var read = await ReadAsync(call, reader, cancellationToken);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                if (Parse(call, rest.Slice(0, end), type) is { } value)
                {
                    yield return value;
                }

                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (rest.Length > MaxLineBytes)
            {
                throw new PodmanException(call, $"a line of the answer is longer than {MaxLineBytes} bytes", response.StatusCode);
            }

            reader.AdvanceTo(rest.Start, rest.End);
            if (!read.IsCompleted)
            {
                continue;
            }

            if (Parse(call, rest, type) is { } last)
            {
                yield return last;
            }

            yield break;
        }
    }

    private static async Task<ReadResult> ReadAsync(string call, PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new PodmanException(call, $"the connection broke: {e.Message}", inner: e);
        }
    }

    private static T? Parse<T>(string call, in ReadOnlySequence<byte> line, JsonTypeInfo<T> type)
        where T : class
    {
        if (line.Length == 0)
        {
            return null;
        }

        try
        {
            var json = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref json, type);
        }
        catch (JsonException e)
        {
            throw new PodmanException(call, $"a line of the answer is not the expected JSON: {e.Message}", inner: e);
        }
    }
}
