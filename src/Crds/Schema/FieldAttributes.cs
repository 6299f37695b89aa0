namespace Stromboli.Crds.Schema;

/// <summary>The field must be set.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredFieldAttribute : Attribute;

/// <summary>The text must have between <see cref="Min"/> and <see cref="Max"/> characters (code points).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextLengthAttribute(int min, int max) : Attribute
{
    /// <summary>The smallest number of characters.</summary>
    public int Min { get; } = min;

    /// <summary>The largest number of characters.</summary>
    public int Max { get; } = max;
}

/// <summary>
/// The text must have at most this many bytes of UTF-8. Generates <c>maxLength</c> (which counts code points, never more than bytes) and a
/// CEL rule that counts bytes.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxBytesAttribute(int bytes) : Attribute
{
    /// <summary>The largest number of bytes.</summary>
    public int Bytes { get; } = bytes;
}

/// <summary>
/// The text, or every item of the list, or every value of the map, must match a regular expression that RE2 and .NET interpret in the same
/// way. Generates a CEL rule instead of a schema <c>pattern</c>, so that the API server answers with our message instead of the expression.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string expression, string message) : Attribute
{
    /// <summary>The regular expression.</summary>
    public string Expression { get; } = expression;

    /// <summary>The error message, to be read after the path of the field: <c>must be …</c>.</summary>
    public string Message { get; } = message;

    /// <summary>
    /// Whether an error must not repeat the text, because it can contain a secret or be long. The rule is then generated on the object that
    /// has the field.
    /// </summary>
    public bool Sensitive { get; set; }
}

/// <summary>The text must be one of these values. Generates <c>enum</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params string[] values) : Attribute
{
    /// <summary>The allowed values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>The number must be between <see cref="Min"/> and <see cref="Max"/>, inclusive.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoundsAttribute(long min, long max) : Attribute
{
    /// <summary>The smallest number.</summary>
    public long Min { get; } = min;

    /// <summary>The largest number.</summary>
    public long Max { get; } = max;
}

/// <summary>
/// The <see cref="Values.Quantity"/> must be between <see cref="Min"/> and <see cref="Max"/>, inclusive. Generates a CEL rule.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class QuantityBoundsAttribute(string min, string max) : Attribute
{
    /// <summary>The smallest amount.</summary>
    public string Min { get; } = min;

    /// <summary>The largest amount.</summary>
    public string Max { get; } = max;
}

/// <summary>
/// The <see cref="Values.GoDuration"/> must be between <see cref="Min"/> and <see cref="Max"/>, inclusive. Generates a CEL rule.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationBoundsAttribute(string min, string max) : Attribute
{
    /// <summary>The shortest duration.</summary>
    public string Min { get; } = min;

    /// <summary>The longest duration.</summary>
    public string Max { get; } = max;
}

/// <summary>
/// The list must have between <see cref="Min"/> and <see cref="Max"/> items. If the items are strings, each must have between
/// <see cref="TextMin"/> and <see cref="TextMax"/> characters.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemsAttribute(int max) : Attribute
{
    /// <summary>The largest number of items.</summary>
    public int Max { get; } = max;

    /// <summary>The smallest number of items.</summary>
    public int Min { get; set; }

    /// <summary>The smallest number of characters of an item.</summary>
    public int TextMin { get; set; }

    /// <summary>The largest number of characters of an item.</summary>
    public int TextMax { get; set; }
}

/// <summary>
/// The list is a map with this field of its items as the key: duplicate keys are refused, and server-side apply merges by key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(string key) : Attribute
{
    /// <summary>The JSON name of the key field.</summary>
    public string Key { get; } = key;
}

/// <summary>The map must have at most <see cref="Max"/> entries, each with a value of at most <see cref="TextMax"/> characters.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EntriesAttribute(int max, int textMax) : Attribute
{
    /// <summary>The largest number of entries.</summary>
    public int Max { get; } = max;

    /// <summary>The largest number of characters of a value.</summary>
    public int TextMax { get; } = textMax;
}

/// <summary>
/// A CEL rule of the field or type. <c>{path}</c> in the message is replaced by the path of the field that has the rule, such as
/// <c>spec.model</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    /// <summary>The CEL expression; <c>self</c> is the field.</summary>
    public string Rule { get; } = rule;

    /// <summary>The error message. It starts with the path of the field.</summary>
    public string Message { get; } = message;

    /// <summary>
    /// For a rule of a type: the JSON name of the field that the error is about. If null, the error is about the object itself.
    /// </summary>
    public string? Field { get; set; }
}
