using System.Text;
using System.Text.RegularExpressions;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Validation;

/// <summary>
/// Collects the errors of a spec, field by field. An unset field is never an error here. Each check adds at most one error to a field.
/// </summary>
internal sealed class FieldChecks
{
    private readonly List<SpecError> _errors = [];

    internal IReadOnlyList<SpecError> Errors => _errors;

    internal void Add(string field, string message) => _errors.Add(new SpecError(field, message));

    internal void Require(string field, bool present)
    {
        if (!present)
        {
            Add(field, Messages.Required);
        }
    }

    /// <summary>Checks the length first: a text that is too long is not matched.</summary>
    internal void Text(string field, string? value, int min, int max, Regex pattern, string message)
    {
        if (value is null)
        {
            return;
        }

        if (Characters(field, value, min, max) && !pattern.IsMatch(value))
        {
            Add(field, message);
        }
    }

    internal bool Characters(string field, string value, int min, int max)
    {
        if (Count(value) is var count && count >= min && count <= max)
        {
            return true;
        }

        Add(field, Messages.Length(min, max));
        return false;
    }

    internal void NotMatching(string field, string? value, Regex pattern, string message)
    {
        if (value is not null && pattern.IsMatch(value))
        {
            Add(field, message);
        }
    }

    internal void Bytes(string field, string? value, int max)
    {
        if (value is not null && Encoding.UTF8.GetByteCount(value) > max)
        {
            Add(field, Messages.MaxBytes(max));
        }
    }

    internal void Number(string field, long? value, long min, long max)
    {
        if (value < min || value > max)
        {
            Add(field, Messages.Between($"{min}", $"{max}"));
        }
    }

    internal void Duration(string field, GoDuration? value, string min, string max)
    {
        if (
            value is { } given
            && (
                !PatternRegexes.Duration.IsMatch(given.Text) || !given.IsValid || given < new GoDuration(min) || given > new GoDuration(max)
            )
        )
        {
            Add(field, Messages.Duration(min, max));
        }
    }

    internal void Quantity(string field, Quantity? value, string min, string max)
    {
        if (value is { } given && (!given.IsValid || given < new Quantity(min) || given > new Quantity(max)))
        {
            Add(field, Messages.Quantity(min, max));
        }
    }

    internal void OneOf(string field, string? value, params ReadOnlySpan<string> values)
    {
        if (value is not null && !values.Contains(value))
        {
            Add(field, Messages.OneOf(values.ToArray()));
        }
    }

    internal void Items(string field, int? count, int min, int max)
    {
        if (count < min || count > max)
        {
            Add(field, Messages.Items(min, max));
        }
    }

    internal void Texts(string field, IReadOnlyList<string>? values, int min, int max, Regex pattern, string message)
    {
        for (var i = 0; i < values?.Count; i++)
        {
            Text($"{field}[{i}]", values[i], min, max, pattern, message);
        }
    }

    /// <summary>Checks the keys and values of a map of labels.</summary>
    internal void Labels(string field, IReadOnlyDictionary<string, string>? labels, int max, int valueMax)
    {
        Items(field, labels?.Count, 0, max);
        if (labels is null)
        {
            return;
        }

        if (labels.Keys.Any(key => !PatternRegexes.LabelKey.IsMatch(key)))
        {
            Add(field, Messages.LabelKey);
        }

        foreach (var (key, value) in labels)
        {
            // An invalid key is not part of the path: it can be any text of any length.
            if (PatternRegexes.LabelKey.IsMatch(key) && (Count(value) > valueMax || !PatternRegexes.LabelValue.IsMatch(value)))
            {
                Add($"{field}[{key}]", Messages.LabelValue);
            }
        }
    }

    // Counts code points, as the API server does.
    private static int Count(string text) => text.EnumerateRunes().Count();
}
