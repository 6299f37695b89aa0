using System.Buffers.Text;
using System.Text;

namespace Stromboli.Operator.Tests.Authorization;

/// <summary>Tokens that look like ServiceAccount tokens but are not signed by an API server.</summary>
internal static class TestTokens
{
    /// <summary>A token for the audience of bridges, with further claims.</summary>
    public static string Of(string claims = "\"sub\":\"bridge\"") => OfClaims($"{{\"aud\":[\"stromboli\"],{claims}}}");

    /// <summary>A token with these claims.</summary>
    public static string OfClaims(string json) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json))}.c2lnbmF0dXJl";
}
