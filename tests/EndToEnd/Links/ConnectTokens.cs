using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Links;

/// <summary>Tokens for bridges, valid and invalid ones.</summary>
internal static class ConnectTokens
{
    /// <summary>The audience of the node hub.</summary>
    public const string Audience = "stromboli";

    /// <summary>A token that is bound to a pod, like one that a kubelet projects.</summary>
    public static async Task<string> OfPodAsync(Scene scene, string account, string pod, string podUid)
    {
        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject
            {
                ["audiences"] = new JsonArray(Audience),
                ["expirationSeconds"] = 3600,
                ["boundObjectRef"] = new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Pod",
                    ["name"] = pod,
                    ["uid"] = podUid,
                },
            },
        };
        var answer = await scene.Stack.Http.CreateAsync(
            $"/api/v1/namespaces/{scene.Namespace}/serviceaccounts/{account}/token",
            request.ToJsonString()
        );
        return answer["status"]!["token"]!.ToString();
    }

    /// <summary>
    /// The same token with other times, signed with the API server's key, since the API server issues none for less than ten minutes.
    /// </summary>
    public static string WithTimes(Scene scene, string token, DateTimeOffset issuedAt, DateTimeOffset expiresAt)
    {
        var parts = token.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["iat"] = issuedAt.ToUnixTimeSeconds();
        claims["nbf"] = issuedAt.ToUnixTimeSeconds();
        claims["exp"] = expiresAt.ToUnixTimeSeconds();
        var signed = $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        using var key = RSA.Create();
        key.ImportFromPem(File.ReadAllText(scene.Stack.ControlPlane.AccountKeyPath));
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }
}
