using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Crds.Values;

/// <summary>
/// A Kubernetes quantity: <c>512Mi</c>, <c>500m</c>, <c>2</c>, <c>1e3</c>. Text that is not a quantity is kept without a value: an informer
/// must be able to read every stored object, and validation must be able to report what it refuses.
/// </summary>
/// <remarks>
/// The grammar is that of apimachinery's <c>resource.ParseQuantity</c>. Values beyond 2^63-1 in size, which Kubernetes caps, are not valid
/// here; every field that takes a quantity is bounded far below.
/// </remarks>
[JsonConverter(typeof(QuantityJsonConverter))]
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-0123456789.");

    private const decimal Ki = 1024m;

    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", Ki),
        ("Mi", Ki * Ki),
        ("Gi", Ki * Ki * Ki),
        ("Ti", Ki * Ki * Ki * Ki),
        ("Pi", Ki * Ki * Ki * Ki * Ki),
        ("Ei", Ki * Ki * Ki * Ki * Ki * Ki),
        ("n", 1e-9m),
        ("u", 1e-6m),
        ("m", 1e-3m),
        ("k", 1e3m),
        ("M", 1e6m),
        ("G", 1e9m),
        ("T", 1e12m),
        ("P", 1e15m),
        ("E", 1e18m),
        ("", 1m),
    ];

    private readonly string? _text;
    private readonly decimal _value;

    /// <summary>Parses the text. Text that is not a quantity is kept, and <see cref="IsValid"/> is false.</summary>
    public Quantity(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
        IsValid = TryParse(text, out _value);
    }

    /// <summary>The text as it was given, or <c>0</c> for the default value.</summary>
    public string Text => _text ?? "0";

    /// <summary>Whether the text is a quantity.</summary>
    public bool IsValid
    {
        get => field || _text is null;
    }

    /// <summary>The value in its base unit (bytes, cores); null if the text is not a quantity.</summary>
    public decimal? Value => IsValid ? _value : null;

    /// <summary>The value in whole base units, rounded up as Kubernetes does; null if the text is not a quantity.</summary>
    public long? WholeUnits => IsValid ? (long)decimal.Ceiling(_value) : null;

    /// <summary>
    /// The value in thousandths of the base unit (millicores), rounded up; null if the text is not a quantity or the value is too large.
    /// </summary>
    public long? Thousandths => IsValid && Math.Abs(_value) <= long.MaxValue / 1000 ? (long)decimal.Ceiling(_value * 1000) : null;

    /// <summary>A number of bytes in the largest binary unit that holds it exactly: <c>512Mi</c>, <c>1500</c>.</summary>
    public static Quantity FromBytes(long bytes)
    {
        string[] units = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        var unit = 0;
        while (bytes != 0 && bytes % 1024 == 0 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }
        return new Quantity(bytes.ToString(CultureInfo.InvariantCulture) + units[unit]);
    }

    /// <summary>A number of thousandths: <c>500m</c>, <c>2</c>.</summary>
    public static Quantity FromThousandths(long thousandths) =>
        new(
            thousandths % 1000 == 0
                ? (thousandths / 1000).ToString(CultureInfo.InvariantCulture)
                : thousandths.ToString(CultureInfo.InvariantCulture) + "m"
        );

    /// <inheritdoc/>
    public int CompareTo(Quantity other) =>
        (IsValid, other.IsValid) switch
        {
            (true, true) => _value.CompareTo(other._value),
            (false, false) => string.CompareOrdinal(Text, other.Text),
            _ => IsValid.CompareTo(other.IsValid),
        };

    /// <summary>Whether both have the same amount, however they are written. Invalid texts are equal if they are the same text.</summary>
    public bool Equals(Quantity other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => IsValid ? _value.GetHashCode() : StringComparer.Ordinal.GetHashCode(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Equality as in <see cref="Equals(Quantity)"/>.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    /// <summary>Inequality as in <see cref="Equals(Quantity)"/>.</summary>
    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    /// <summary>Whether the left quantity is less. An invalid text sorts before a quantity.</summary>
    public static bool operator <(Quantity left, Quantity right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left quantity is more. An invalid text sorts before a quantity.</summary>
    public static bool operator >(Quantity left, Quantity right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left quantity is not more.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left quantity is not less.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left.CompareTo(right) >= 0;

    private static bool TryParse(string text, out decimal value)
    {
        value = 0;
        var end = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        var number = end < 0 ? text : text[..end];
        var suffix = end < 0 ? "" : text[end..];
        // A longer number is out of range, or has more decimal places than matter.
        if (number.Length > 25 || !number.AsSpan().ContainsAnyInRange('0', '9') || number.AsSpan(1).ContainsAny('+', '-'))
        {
            return false;
        }

        if (
            !decimal.TryParse(
                number,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var digits
            )
        )
        {
            return false;
        }

        if (Factor(suffix) is not { } factor || Math.Abs(digits) > long.MaxValue / factor)
        {
            return false;
        }

        value = digits * factor;
        return true;
    }

    private static decimal? Factor(string suffix)
    {
        foreach (var (name, factor) in Suffixes)
        {
            if (suffix == name)
            {
                return factor;
            }
        }
        if (
            suffix.Length is < 2 or > 4
            || suffix[0] is not ('e' or 'E')
            || !int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            || exponent is < -9 or > 18
        )
        {
            return null;
        }

        var power = 1m;
        for (var i = 0; i < Math.Abs(exponent); i++)
        {
            power *= 10;
        }

        return exponent < 0 ? 1 / power : power;
    }
}

/// <summary>
/// Converts JSON strings and numbers to <see cref="Quantity"/> (<c>cpu: 2</c> equals <c>cpu: "2"</c>) and writes strings. A value that is
/// not a quantity is kept as text.
/// </summary>
public sealed class QuantityJsonConverter : JsonConverter<Quantity>
{
    /// <inheritdoc/>
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(RawText.Read(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.Text);
    }
}
