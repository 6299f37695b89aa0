using System.Text;
using Stromboli.PodmanBridge.Gateway;

namespace Stromboli.PodmanBridge.Tests.Gateway;

public sealed class MessageRequestTests
{
    [Theory]
    [InlineData("""{"model":"m"}""", "m", 0)]
    [InlineData(""" {"messages":[{"model":"x"}],"max_tokens":128000,"model":"claude-a","stream":true} """, "claude-a", 128000)]
    [InlineData("""{"model":"m","max_tokens":-5}""", "m", 0)]
    [InlineData("""{"model":"m","max_tokens":9223372036854775807}""", "m", 1_000_000_000)]
    [InlineData("""{"model":"m","max_tokens":1e99}""", "m", 0)]
    [InlineData("""{"mod\u0065l":"m"}""", "m", 0)]
    public void Read_Valid_HasWhatCounts(string body, string model, long maxTokens) =>
        Assert.Equal(new MessageRequest(model, maxTokens), MessageRequest.Read(Encoding.UTF8.GetBytes(body), out _));

    [Theory]
    [InlineData("""{"model":"m","speed":"fast"}""", "speed")]
    [InlineData("""{"model":"m","speed":"f\u0061st"}""", "speed")]
    [InlineData("""{"model":"m","speed":["standard"]}""", "speed")]
    [InlineData("""{"model":"m","inference_geo":"us"}""", "inference_geo")]
    [InlineData("""{"model":"m","speed":"standard","inference_geo":"global"}""", null)]
    [InlineData("""{"model":"m","speed":null,"messages":[{"speed":"fast"}]}""", null)]
    public void Read_ForMoreThanThePlainPrice_NamesTheMember(string body, string? member) =>
        Assert.Equal(member, MessageRequest.Read(Encoding.UTF8.GetBytes(body), out _)!.Surcharge);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"model\"")]
    [InlineData("{}")]
    [InlineData("""{"model":""}""")]
    [InlineData("""{"model":7}""")]
    [InlineData("""{"model":{"model":"m"}}""")]
    [InlineData("""{"model":"m\n"}""")]
    [InlineData("""{"model":"m"}{"model":"n"}""")]
    [InlineData("""{"model":"m"} x""")]
    [InlineData("""{"model":"m","model":"n"}""")]
    [InlineData("""{"model":"m","mod\u0065l":"n"}""")]
    [InlineData("""{"model":"m","a":1,"a":2}""")]
    [InlineData("""{"model":"m","messages":[""")]
    [InlineData("""{"model":"m",}""")]
    [InlineData("""{"model":"\ud83d"}""")]
    [InlineData("""// comment {"model":"m"}""")]
    [InlineData("\uFEFF{\"model\":\"m\"}")]
    public void Read_Invalid_IsRefusedWithAProblem(string body)
    {
        Assert.Null(MessageRequest.Read(Encoding.UTF8.GetBytes(body), out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Read_InvalidUtf8InTheModel_IsRefused() =>
        Assert.Null(MessageRequest.Read([.. "{\"model\":\"m"u8, 0xFF, .. "\"}"u8], out _));

    [Fact]
    public void Read_TooDeep_IsRefused() =>
        Assert.Null(MessageRequest.Read(Encoding.UTF8.GetBytes("{\"model\":\"m\",\"a\":" + new string('[', 200) + new string(']', 200) + "}"), out _));
}
