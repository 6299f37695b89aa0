using System.Globalization;

namespace Stromboli.ScriptedModel;

/// <summary>The kind of answer that one line of a script asks for.</summary>
internal enum Verb
{
    Say,
    Bash,
    Status,
    Stall,
    EchoResult,
    Recall,
    Structured,
}

/// <summary>One answer of a script, with the settings of the lines before it.</summary>
internal sealed record ScriptLine(Verb Verb, string Argument, TimeSpan Delay, Usage Usage)
{
    /// <summary>The answer of a script that has no lines or no lines left.</summary>
    public static ScriptLine Default { get; } = new(Verb.Say, "OK", TimeSpan.Zero, Usage.Default);

    /// <summary>The answers that the lines starting with <c>@</c> ask for, in order. Other lines are text of the prompt.</summary>
    public static IReadOnlyList<ScriptLine> Parse(string prompt)
    {
        var answers = new List<ScriptLine>();
        var delay = TimeSpan.Zero;
        var usage = Usage.Default;
        foreach (var line in prompt.Split('\n'))
        {
            var (word, argument) = Split(line.TrimEnd('\r'));
            if (word == "@sleep" && TryDuration(argument, out var duration))
            {
                delay = duration;
            }
            else if (word == "@usage")
            {
                usage = Usage.Parse(argument);
            }
            else if (VerbOf(word) is { } verb)
            {
                answers.Add(new ScriptLine(verb, argument, delay, usage));
                (delay, usage) = (TimeSpan.Zero, Usage.Default);
            }
        }

        // Settings for a next line that is missing apply to the default answer.
        if (delay != TimeSpan.Zero || usage != Usage.Default)
        {
            answers.Add(Default with { Delay = delay, Usage = usage });
        }

        return answers;
    }

    /// <summary>Reads <c>250ms</c>, <c>2s</c>, <c>1.5s</c>, <c>3m</c>.</summary>
    internal static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var (unit, scale) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => ("ms", 0.001),
            _ when text.EndsWith('s') => ("s", 1.0),
            _ when text.EndsWith('m') => ("m", 60.0),
            _ => ("", 1.0),
        };
        if (!double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(number * scale);
        return true;
    }

    private static (string Word, string Argument) Split(string line)
    {
        if (!line.StartsWith('@'))
        {
            return ("", "");
        }

        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (line, "") : (line[..space], line[(space + 1)..].Trim());
    }

    private static Verb? VerbOf(string word) =>
        word switch
        {
            "@say" => Verb.Say,
            "@bash" => Verb.Bash,
            "@status" => Verb.Status,
            "@stall" => Verb.Stall,
            "@echo-result" => Verb.EchoResult,
            "@recall" => Verb.Recall,
            "@structured" => Verb.Structured,
            _ => null,
        };
}
