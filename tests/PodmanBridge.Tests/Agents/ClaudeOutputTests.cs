using System.Text;
using System.Text.Json.Nodes;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Tests.Agents;

public sealed class ClaudeOutputTests : IDisposable
{
    private const string Init =
        $$"""{"type":"system","subtype":"init","cwd":"/workspace","session_id":"{{Specs.Session}}","tools":["Bash"],"model":"claude-opus-5-5","permissionMode":"bypassPermissions","claude_code_version":"2.1.329"}""";
    private const string ToolUse =
        $$"""{"type":"assistant","message":{"id":"m1","role":"assistant","content":[{"type":"tool_use","id":"t","name":"Bash","input":{ } } ] },"parent_tool_use_id":null,"session_id":"{{Specs.Session}}"}""";
    private const string Said =
        $$"""{"type":"assistant","message":{"id":"m2","role":"assistant","content":[{"type":"text","text":"so far"}]},"parent_tool_use_id":null,"session_id":"{{Specs.Session}}"}""";
    private const string Result =
        $$"""{"duration_api_ms":1192,"session_id":"{{Specs.Session}}","total_cost_usd":0.01,"usage":{"input_tokens":1},"permission_denials":[{"tool_name":"Bash"}],"is_error":false,"num_turns":2,"subtype":"success","result":"hello","type":"result","duration_ms":1400}""";
    private const string MaxTurns =
        $$"""{"session_id":"{{Specs.Session}}","is_error":true,"num_turns":2,"subtype":"error_max_turns","errors":["Reached maximum number of turns (1)"],"type":"result"}""";

    private readonly ClaudeOutput _output = new(Specs.Session, 1024);

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Append_RealRun_IsUnderstoodInAnyPieces(int piece)
    {
        Feed(piece, Init, ToolUse, """{"type":"user","message":{"content":[{"type":"tool_result","content":"x"}]}}""", Said, Result);

        Assert.Equal("claude-opus-5-5", _output.Init!.Model);
        Assert.Equal("2.1.329", _output.Init.Version);
        Assert.Equal(
            new ClaudeEnvelope
            {
                IsError = false,
                Subtype = "success",
                Turns = 2,
                DurationMs = 1400,
                ApiDurationMs = 1192,
                PermissionDenials = 1,
                SessionID = Specs.Session,
            },
            _output.Envelope
        );
        Assert.Equal("hello", _output.Result().Text);
        Assert.Equal(Specs.Session, _output.SessionID);
    }

    [Fact]
    public void SessionID_NoneWasTold_IsTheFirstThatTheCliNames()
    {
        using var output = new ClaudeOutput(sessionID: null, 1024);
        var other = Result.Replace(Specs.Session, "00000000-0000-4000-8000-000000000000", StringComparison.Ordinal);

        output.Line(Encoding.UTF8.GetBytes(Init.Replace(Specs.Session, "no UUID", StringComparison.Ordinal)));
        Assert.Null(output.SessionID);
        output.Line(Encoding.UTF8.GetBytes(Init));
        output.Line(Encoding.UTF8.GetBytes(other));

        Assert.Equal(Specs.Session, output.SessionID);
        Assert.Null(output.Envelope);
    }

    [Fact]
    public void Result_ErrorsAndNothingElse_AreTheText()
    {
        Feed(1000, MaxTurns.Replace("]", """, 3, "and\nmore"]""", StringComparison.Ordinal));

        Assert.Equal("Reached maximum number of turns (1)\nand\nmore\n", _output.Result().Text);
    }

    [Fact]
    public void Envelope_ErrorCutInACharacter_IsUnderstood()
    {
        Feed(1000, MaxTurns.Replace("(1)", "\\ud83d", StringComparison.Ordinal));

        Assert.Equal("Reached maximum number of turns \uFFFD", _output.Envelope!.Error);
    }

    [Fact]
    public void Result_NoEnvelope_IsWhatWasSaidSoFar()
    {
        Feed(1000, Init, ToolUse, Said, Said.Replace("so far", "and more", StringComparison.Ordinal));

        Assert.Null(_output.Envelope);
        Assert.Equal("so far\nand more", _output.Result().Text);
        Assert.Equal(2, _output.Turns);
    }

    [Fact]
    public void Result_EnvelopeWithoutText_IsWhatWasSaidSoFar()
    {
        Feed(1000, Said, MaxTurns);

        Assert.Equal("error_max_turns", _output.Envelope!.Subtype);
        Assert.Equal("so far", _output.Result().Text);
    }

    [Fact]
    public void Result_WholeEnvelope_IsTheLineAsItCame()
    {
        using var output = new ClaudeOutput(Specs.Session, 1024, wholeEnvelope: true);
        output.Line(Encoding.UTF8.GetBytes(Said));

        Assert.Equal("", output.Result().Text);
        output.Line(Encoding.UTF8.GetBytes(Result));
        Assert.Equal(Result, output.Result().Text);
    }

    // What the CLI prints for one prompt when a command was moved to the background: an answer, and a second one when the command ended.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Result_SeveralEnvelopes_AreAllAnswersWithABlankLineBetween(int more)
    {
        Feed(1000, [Init, ToolUse, Said, Result, .. Enumerable.Range(1, more).SelectMany(i => (string[])[Init, Said, Later(i)])]);

        var result = _output.Result();
        Assert.Equal("hello" + string.Concat(Enumerable.Range(1, more).Select(i => $"\n\nnews {i}")), result.Text);
        Assert.Equal((result.Text!.Length, false), (result.Bytes, result.Truncated));
        Assert.Equal(
            (2 + more, 2 + more, false, more + 1),
            (_output.Turns, _output.Envelope!.Turns, _output.Envelope.IsError, _output.Envelope.Results)
        );
        Assert.Equal(1 + more, _output.Envelope.PermissionDenials);
    }

    [Fact]
    public void Result_SecondEnvelopeIsAnError_BothAreThereAndItIsAnError()
    {
        Feed(
            1000,
            Init,
            ToolUse,
            Said,
            Result,
            Init,
            Later(1).Replace("\"is_error\":false", "\"is_error\":true", StringComparison.Ordinal)
        );

        Assert.Equal("hello\n\nnews 1", _output.Result().Text);
        Assert.Equal((true, 3), (_output.Envelope!.IsError, _output.Turns));
    }

    [Fact]
    public void Result_SecondEnvelopeBrokeOff_ItsErrorsFollowTheFirstAnswer()
    {
        Feed(1000, Said, Result, MaxTurns);

        Assert.Equal("hello\n\nReached maximum number of turns (1)\n", _output.Result().Text);
        Assert.Equal(("error_max_turns", 4), (_output.Envelope!.Subtype, _output.Turns));
    }

    // If the agent writes a success after the CLI's own failure, the failure remains.
    [Fact]
    public void Envelope_SuccessAfterAFailure_StaysTheFailure()
    {
        Feed(1000, MaxTurns, Result);

        Assert.Equal((true, "error_max_turns"), (_output.Envelope!.IsError, _output.Envelope.Subtype));
    }

    [Fact]
    public void Result_WhatIsSaidAfterTheLastEnvelope_FollowsTheAnswers()
    {
        Feed(1000, Said, Result, Init, Said.Replace("m2", "m3", StringComparison.Ordinal));

        Assert.Equal("hello\n\nso far", _output.Result().Text);
        Assert.Equal("hello\n\nso far", _output.Result().Text);
        Assert.Equal(3, _output.Turns);
    }

    // The CLI numbers its results from 0, so a result that the log has lost leaves a gap.
    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0, 2, true)]
    [InlineData(1, 2, true)]
    public void Result_EnvelopeLostInTheLog_IsTruncatedWithoutLengthAndDigest(int first, int second, bool lost)
    {
        Feed(1000, Result.Replace("\"type\"", $"\"result_index\":{first},\"type\"", StringComparison.Ordinal), Later(second));

        var result = _output.Result();
        Assert.Equal($"hello\n\nnews {second}", result.Text);
        Assert.Equal((lost, lost, lost), (result.Truncated, result.Bytes is null, result.Sha256 is null));
    }

    // A process of the agent can write into the CLI's output. The CLI's first result has the index 0, so the CLI wrote nothing before that.
    // A numbered failure remains whoever wrote it: a second result with the index 0 does not undo it.
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Result_EnvelopeBeforeTheFirstOfTheCli_IsNoAnswer(bool numbered, bool forgedFails, bool fails)
    {
        var forged = (numbered ? Later(0) : Result).Replace(
            "\"is_error\":false",
            forgedFails ? "\"is_error\":true" : "\"is_error\":false",
            StringComparison.Ordinal
        );
        Feed(1000, forged, Later(0), Later(1));

        var result = _output.Result();
        Assert.Equal(("news 0\n\nnews 1", false), (result.Text, result.Truncated ?? false));
        Assert.Equal((2, 2, fails), (_output.Envelope!.Results, _output.Envelope.Turns, _output.Envelope.IsError));
    }

    [Fact]
    public void Result_WholeEnvelopeOfSeveral_IsTheLastOneWithTheAnswersAndTurnsOfAll()
    {
        using var output = new ClaudeOutput(Specs.Session, 1024, wholeEnvelope: true);
        foreach (var line in (string[])[Result, Later(1).Replace("news", "\\u00e4 \\\"news\\\"", StringComparison.Ordinal)])
        {
            output.Line(Encoding.UTF8.GetBytes(line));
        }

        var document = JsonNode.Parse(output.Result().Text!)!;
        Assert.Equal(
            ("hello\n\nä \"news\" 1", 3, 1),
            ($"{document["result"]}", (int)document["num_turns"]!, (int)document["result_index"]!)
        );
        Assert.Equal("result", $"{document["type"]}");
    }

    [Fact]
    public void Envelope_StructuredOutputBeforeARemark_IsKept()
    {
        Feed(1000, Result.Replace("\"is_error\"", "\"structured_output\":{\"a\":1},\"is_error\"", StringComparison.Ordinal), Later(1));

        Assert.Equal("{\"a\":1}", _output.Envelope!.Structured);
    }

    [Theory]
    [InlineData("""{"name": "ä", "list": [1, {"a": null}]}""", true)]
    [InlineData("{}", true)]
    [InlineData("[1]", false)]
    [InlineData("\"text\"", false)]
    [InlineData("null", false)]
    public void Envelope_StructuredOutput_IsTheObjectAsItCame(string json, bool isTaken)
    {
        Feed(1000, Result.Replace("\"is_error\"", $"\"structured_output\":{json},\"is_error\"", StringComparison.Ordinal));

        Assert.Equal(isTaken ? json : null, _output.Envelope!.Structured);
    }

    [Fact]
    public void Line_JunkAndForgeries_CountAsNotSaid()
    {
        Feed(
            1000,
            "",
            "\"result\"",
            "null \"result\"",
            "[\"result\"]",
            "{\"type\":\"result\"",
            "{\"type\":\"result\",\"session_id\":\"" + Specs.Session + "\"}",
            "{\"type\":\"result\",\"is_error\":\"no\",\"session_id\":\"" + Specs.Session + "\"}",
            Result.Replace(Specs.Session, "00000000-2222-4333-8444-555555555555", StringComparison.Ordinal),
            Result.Replace($"\"{Specs.Session}\"", "null", StringComparison.Ordinal),
            Result + "x",
            new string('[', 100_000) + "\"result\"",
            "{\"type\":[\"result\"],\"is_error\":false}",
            "{\"type\":\"assistant\",\"message\":7,\"session_id\":\"" + Specs.Session + "\"}",
            "\u001b[2J\0\"result\""
        );

        Assert.Null(_output.Envelope);
        Assert.Null(_output.Init);
        Assert.Equal("", _output.Result().Text);
    }

    [Fact]
    public void Line_SeveralEnvelopesAndTornOnes_TheValidOnesCount()
    {
        Feed(1000, Result, "{\"type\":\"result\"", Result.Replace("hello", "last", StringComparison.Ordinal), "torn {\"type\":\"result\"");

        Assert.Equal("hello\n\nlast", _output.Result().Text);
        Assert.Equal((false, 2), (_output.Envelope!.IsError, _output.Envelope.Results));
    }

    [Theory]
    [InlineData("""tab\t \"quoted\" \\ \/ \u00e4 \uD83C\uDF0B""", "tab\t \"quoted\" \\ / ä 🌋")]
    [InlineData("""cut \ud83d""", "cut \uFFFD")]
    [InlineData("""cut \ud83dx\udc00""", "cut \uFFFDx\uFFFD")]
    [InlineData("""zero \u0000""", "zero \uFFFD")]
    [InlineData("", "")]
    public void Result_Escapes_AreUndone(string escaped, string text)
    {
        Feed(1000, Result.Replace("hello", escaped, StringComparison.Ordinal));

        Assert.Equal(text, _output.Result().Text);
    }

    [Fact]
    public void Append_LineWithoutEnd_IsHeldWithinItsBound()
    {
        var piece = Encoding.UTF8.GetBytes(new string('"', 1 << 20));
        for (var i = 0; i < 40; i++)
        {
            _output.Append(piece, endOfLine: false);
        }

        _output.Append([], endOfLine: true);
        Feed(1000, Result);

        Assert.Equal("hello", _output.Result().Text);
    }

    [Fact]
    public void Result_OfTenMebibytes_IsItsEndWithLengthAndDigestOfTheWhole()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 10 * 1024 * 1024 / 16));
        Feed(8192, Result.Replace("hello", text, StringComparison.Ordinal));

        var result = _output.Result();
        Assert.Equal((text.Length, true), (result.Bytes, result.Truncated));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))), result.Sha256);
        Assert.EndsWith(result.Text!, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_OfMillionsOfValues_CountsAsNotSaid()
    {
        Feed(
            1 << 20,
            Result.Replace(
                "\"is_error\"",
                "\"x\":[" + string.Concat(Enumerable.Repeat("0,", 1_000_000)) + "0],\"is_error\"",
                StringComparison.Ordinal
            )
        );

        Assert.Null(_output.Envelope);
    }

    [Fact]
    public void Line_SubagentSpeaks_IsNoMessageOfTheRun()
    {
        Feed(1000, Said.Replace("\"parent_tool_use_id\":null", "\"parent_tool_use_id\":\"t1\"", StringComparison.Ordinal));

        Assert.Equal(0, _output.Messages);
        Assert.Equal("", _output.Result().Text);
    }

    private static string Later(int index) =>
        Result
            .Replace("hello", $"news {index}", StringComparison.Ordinal)
            .Replace("\"num_turns\":2", "\"num_turns\":1", StringComparison.Ordinal)
            .Replace("\"type\"", $"\"result_index\":{index},\"type\"", StringComparison.Ordinal);

    private void Feed(int piece, params string[] lines)
    {
        foreach (var line in lines)
        {
            var chunks = Encoding.UTF8.GetBytes(line).Chunk(piece).ToList();
            foreach (var chunk in chunks)
            {
                _output.Append(chunk, endOfLine: false);
            }

            _output.Append([], endOfLine: true);
        }
    }
}
