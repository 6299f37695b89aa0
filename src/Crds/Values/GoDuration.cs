using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Crds.Values;

/// <summary>
/// A duration as Kubernetes users write it: <c>90s</c>, <c>30m</c>, <c>1h30m</c>, <c>1.5s</c>. Text that is not a duration is kept without
/// a value: an informer must be able to read every stored object, and validation must be able to report what it refuses.
/// </summary>
/// <remarks>The grammar is that of Go's <c>time.ParseDuration</c>; the range is that of a 64-bit number of nanoseconds.</remarks>
[JsonConverter(typeof(GoDurationJsonConverter))]
public readonly struct GoDuration : IEquatable<GoDuration>, IComparable<GoDuration>
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, decimal Nanoseconds)[] Units =
    [
        ("ns", 1),
        ("us", 1e3m),
        ("µs", 1e3m),
        ("μs", 1e3m),
        ("ms", 1e6m),
        ("s", 1e9m),
        ("m", 60e9m),
        ("h", 3600e9m),
    ];

    private readonly string? _text;
    private readonly long _nanoseconds;

    /// <summary>Parses the text. Text that is not a duration is kept, and <see cref="IsValid"/> is false.</summary>
    public GoDuration(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
        IsValid = TryParseNanoseconds(text, out _nanoseconds);
    }

    /// <summary>Formats the time span in its shortest form, exact to 100 nanoseconds: <c>1h30m</c>, <c>850ms</c>, <c>0s</c>.</summary>
    public GoDuration(TimeSpan value)
        : this(Format(value)) { }

    /// <summary>The text as it was given, or <c>0s</c> for the default value.</summary>
    public string Text => _text ?? "0s";

    /// <summary>Whether the text is a duration.</summary>
    public bool IsValid
    {
        get => field || _text is null;
    }

    /// <summary>The duration, truncated to 100 nanoseconds; null if the text is not a duration.</summary>
    public TimeSpan? Value => IsValid ? new TimeSpan(_nanoseconds / 100) : null;

    /// <summary>
    /// The shortest text of the time span. The units range from hours to milliseconds, with fractions of a unit below one second.
    /// </summary>
    public static string Format(TimeSpan value)
    {
        if (value == TimeSpan.Zero)
        {
            return "0s";
        }

        var sign = value < TimeSpan.Zero ? "-" : "";
        // decimal, because TimeSpan.MinValue cannot be negated.
        var ticks = Math.Abs((decimal)value.Ticks);
        if (ticks < TimeSpan.TicksPerMillisecond)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{ticks / 10:0.#}us");
        }

        if (ticks < TimeSpan.TicksPerSecond)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{ticks / TimeSpan.TicksPerMillisecond:0.####}ms");
        }

        var hours = decimal.Truncate(ticks / TimeSpan.TicksPerHour);
        var minutes = decimal.Truncate(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        var seconds = ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond;
        return sign
            + (hours == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{hours:0}h"))
            + (minutes == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{minutes:0}m"))
            + (seconds == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#######}s"));
    }

    /// <inheritdoc/>
    public int CompareTo(GoDuration other) =>
        (IsValid, other.IsValid) switch
        {
            (true, true) => _nanoseconds.CompareTo(other._nanoseconds),
            (false, false) => string.CompareOrdinal(Text, other.Text),
            _ => IsValid.CompareTo(other.IsValid),
        };

    /// <summary>Whether both have the same length, however they are written. Invalid texts are equal if they are the same text.</summary>
    public bool Equals(GoDuration other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GoDuration other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => IsValid ? _nanoseconds.GetHashCode() : StringComparer.Ordinal.GetHashCode(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Equality as in <see cref="Equals(GoDuration)"/>.</summary>
    public static bool operator ==(GoDuration left, GoDuration right) => left.Equals(right);

    /// <summary>Inequality as in <see cref="Equals(GoDuration)"/>.</summary>
    public static bool operator !=(GoDuration left, GoDuration right) => !left.Equals(right);

    /// <summary>Whether the left duration is shorter. An invalid text sorts before a duration.</summary>
    public static bool operator <(GoDuration left, GoDuration right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left duration is longer. An invalid text sorts before a duration.</summary>
    public static bool operator >(GoDuration left, GoDuration right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left duration is not longer.</summary>
    public static bool operator <=(GoDuration left, GoDuration right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left duration is not shorter.</summary>
    public static bool operator >=(GoDuration left, GoDuration right) => left.CompareTo(right) >= 0;

    private static bool TryParseNanoseconds(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return true;
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        var sum = 0m;
        while (!rest.IsEmpty)
        {
            if (!TryTakeTerm(ref rest, out var term))
            {
                return false;
            }

            sum += term;
            if (sum > long.MaxValue)
            {
                return false;
            }
        }
        nanoseconds = (long)decimal.Truncate(negative ? -sum : sum);
        return true;
    }

    private static bool TryTakeTerm(ref ReadOnlySpan<char> rest, out decimal nanoseconds)
    {
        nanoseconds = 0;
        var number = rest[..LengthOfNumber(rest)];
        rest = rest[number.Length..];
        // More digits than this are out of range, and decimal would round them.
        if (
            number.Length > 25
            || !number.ContainsAnyInRange('0', '9')
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
        )
        {
            return false;
        }

        var letters = rest.IndexOfAny(NumberCharacters);
        var unit = letters < 0 ? rest : rest[..letters];
        foreach (var (name, length) in Units)
        {
            if (!unit.SequenceEqual(name))
            {
                continue;
            }

            rest = rest[unit.Length..];
            if (value > long.MaxValue / length)
            {
                return false;
            }

            nanoseconds = value * length;
            return true;
        }
        return false;
    }

    private static int LengthOfNumber(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept(NumberCharacters);
        return end < 0 ? text.Length : end;
    }
}

/// <summary>
/// Converts JSON strings to and from <see cref="GoDuration"/>. It reads any JSON value; one that is not a duration is kept as text.
/// </summary>
public sealed class GoDurationJsonConverter : JsonConverter<GoDuration>
{
    /// <inheritdoc/>
    public override GoDuration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(RawText.Read(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, GoDuration value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.Text);
    }
}
