using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// The answers of one <c>claude -p</c> as the CLI prints them in text mode (seen in 2.1.329), with a blank line between two answers. An
/// answer is the text of an envelope. If the envelope has no text, the answer is what the assistant said before it, or else the errors.
/// Uses constant memory.
/// </summary>
/// <param name="statusBytes">How much of the end is kept, in bytes.</param>
internal sealed class ClaudeAnswers(int statusBytes) : IDisposable
{
    private ResultText _answers = new(statusBytes);
    private ResultText _said = new(statusBytes);
    private bool _anyAnswer;
    private bool _anySaid;
    private bool _cut;

    /// <summary>Whether the beginning of the answers is not kept.</summary>
    public bool AreCut => _cut || _answers.ToResult().Truncated == true;

    /// <summary>Adds something that the assistant says.</summary>
    public void Say(JsonElement text)
    {
        if (_anySaid)
        {
            _said.Append("\n"u8);
        }

        AppendText(_said, text);
        _anySaid = true;
    }

    /// <summary>Adds an envelope that has a text.</summary>
    public void Answer(JsonElement text)
    {
        Separate();
        AppendText(_answers, text);
        ForgetSaid();
    }

    /// <summary>Adds an envelope without a text, such as that of a run that broke off.</summary>
    /// <param name="errors">The errors of the envelope, a list; null if there are none.</param>
    public void AnswerWithoutText(JsonElement? errors)
    {
        if (_anySaid)
        {
            TakeSaid();
            return;
        }

        if (errors is not { } list)
        {
            return;
        }

        Separate();
        foreach (var error in list.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.String))
        {
            AppendText(_answers, error);
            _answers.Append("\n"u8);
        }
    }

    /// <summary>Discards the answers so far: the CLI did not write them.</summary>
    public void Forget()
    {
        _answers.Dispose();
        _answers = new ResultText(statusBytes);
        (_anyAnswer, _cut) = (false, false);
    }

    /// <summary>All answers, and what the assistant said since the last one.</summary>
    /// <param name="lost">Whether an answer is known to be missing.</param>
    public RunResult ToResult(bool lost)
    {
        var (answers, said) = (_answers.ToResult(), _said.ToResult());
        if (!_anyAnswer)
        {
            return lost ? Cut(said) : said;
        }

        if (!_anySaid)
        {
            return lost || _cut ? Cut(answers) : answers;
        }

        using var all = new ResultText(statusBytes);
        all.Append(Encoding.UTF8.GetBytes($"{answers.Text}\n\n{said.Text}"));
        return lost || _cut || answers.Truncated == true || said.Truncated == true ? Cut(all.ToResult()) : all.ToResult();
    }

    /// <summary>
    /// Decodes a JSON string, or the end of one. Accepts what JavaScript writes when it cuts a text in the middle of a character.
    /// </summary>
    public static string TextOf(JsonElement text, int mostBytes)
    {
        using var whole = new ResultText(mostBytes);
        AppendText(whole, text);
        return whole.ToResult().Text ?? "";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answers.Dispose();
        _said.Dispose();
    }

    // Length and digest are those of the whole text, and part of that is no longer kept.
    private static RunResult Cut(RunResult kept) => kept with { Truncated = true, Bytes = null, Sha256 = null };

    private void TakeSaid()
    {
        var said = _said.ToResult();
        _cut |= said.Truncated == true;
        Separate();
        _answers.Append(Encoding.UTF8.GetBytes(said.Text ?? ""));
        ForgetSaid();
    }

    private void Separate()
    {
        if (_anyAnswer)
        {
            _answers.Append("\n\n"u8);
        }

        _anyAnswer = true;
    }

    private void ForgetSaid()
    {
        if (!_anySaid)
        {
            return;
        }

        _said.Dispose();
        _said = new ResultText(statusBytes);
        _anySaid = false;
    }

    private static void AppendText(ResultText result, JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        JsonText.Unescape(raw[1..^1], result);
    }
}
