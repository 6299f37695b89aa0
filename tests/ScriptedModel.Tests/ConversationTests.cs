using System.Text.Json;

namespace Stromboli.ScriptedModel.Tests;

public sealed class ConversationTests
{
    [Fact]
    public void Read_PromptBesideReminders_IsThePromptAlone()
    {
        var conversation = Read(
            """
            {"role":"user","content":[{"type":"text","text":"<system-reminder>\n@say not this\n</system-reminder>\n"},{"type":"text","text":"Do it.\n@say yes\n"}]},
            {"role":"system","content":[{"type":"text","text":"# Environment\n@say nor this"}]}
            """
        );

        Assert.Equal(["Do it.\n@say yes"], conversation.Prompts);
        Assert.Equal("yes", conversation.Answer().Argument);
    }

    [Fact]
    public void Read_ReminderInsideThePrompt_IsCutOut()
    {
        var conversation = Read(
            """{"role":"user","content":"<system-reminder>x</system-reminder>\nHello\n<system-reminder>\ny\n</system-reminder>"}"""
        );

        Assert.Equal(["Hello"], conversation.Prompts);
    }

    [Fact]
    public void Read_ToolResults_CountTurnsAndAreNotPrompts()
    {
        var conversation = Read(
            """
            {"role":"user","content":"@bash a\n@bash b\n@echo-result"},
            {"role":"assistant","content":[{"type":"tool_use","id":"1","name":"Bash","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"first"},{"type":"text","text":"<system-reminder>r</system-reminder>"}]},
            {"role":"assistant","content":[{"type":"tool_use","id":"2","name":"Bash","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"2","content":[{"type":"text","text":"second"}]}]}
            """
        );

        Assert.Single(conversation.Prompts);
        Assert.Equal(2, conversation.Turns);
        Assert.Equal(Verb.EchoResult, conversation.Answer().Verb);
        Assert.Equal("second", conversation.LastToolResult);
    }

    [Fact]
    public void Read_SecondPrompt_StartsItsOwnScript()
    {
        var conversation = Read(
            """
            {"role":"user","content":"@say one\n@say never"},
            {"role":"assistant","content":"one"},
            {"role":"user","content":"@recall"}
            """
        );

        Assert.Equal(["@say one\n@say never", "@recall"], conversation.Prompts);
        Assert.Equal(Verb.Recall, conversation.Answer().Verb);
    }

    [Fact]
    public void Answer_ScriptUsedUp_IsOk()
    {
        var conversation = Read(
            """{"role":"user","content":"@bash a"},{"role":"assistant","content":"x"},{"role":"user","content":[{"type":"tool_result","content":"r"}]}"""
        );

        Assert.Equal(ScriptLine.Default, conversation.Answer());
    }

    private static Conversation Read(string messages)
    {
        using var document = JsonDocument.Parse($$"""{"messages":[{{messages}}]}""");
        return Conversation.Read(document.RootElement);
    }
}
