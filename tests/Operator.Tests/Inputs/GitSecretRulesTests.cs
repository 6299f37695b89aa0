using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Inputs;

namespace Stromboli.Operator.Tests.Inputs;

public sealed class GitSecretRulesTests
{
    private const string Url = "https://git.example.com/team/project.git";

    [Theory]
    [InlineData("username=me,password=secret", "me", "secret")]
    [InlineData("username=me,password=secret\n", "me", "secret")]
    [InlineData("username=me,password=pass:wörd with blanks", "me", "pass:wörd with blanks")]
    [InlineData("token=secret", GitSecretRules.TokenUser, "secret")]
    [InlineData("username=oauth2,token=secret", "oauth2", "secret")]
    [InlineData("username=me,password=secret,token=other", "me", "secret")]
    public void Check_AllowedSecret_IsTheCredential(string data, string user, string password)
    {
        var check = GitSecretRules.Check("own", Secret("git", data), Url);

        Assert.Null(check.Reason);
        Assert.Equal((user, password), (check.Git!.Username, check.Git.Password));
        Assert.DoesNotContain(password, $"{check} {check.Git}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("username=me")]
    [InlineData("password=secret")]
    [InlineData("username=me,password=")]
    [InlineData("username=,password=secret")]
    [InlineData("username=m:e,password=secret")]
    [InlineData("username=me,password=two\nlines")]
    [InlineData("username=me,password=nul\0")]
    [InlineData("token=\n")]
    public void Check_InvalidCredential_WaitsWithoutShowingIt(string data)
    {
        var check = GitSecretRules.Check("own", Secret("git", data), Url);

        Assert.Equal(RunReason.SecretNotFound, check.Reason);
        Assert.Null(check.Git);
        Assert.DoesNotContain("secret", check.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git", false)]
    [InlineData("git-push", false)]
    [InlineData("git,git-push", true)]
    public void Check_ForPushing_NeedsBothUses(string useAs, bool allowed)
    {
        var check = GitSecretRules.Check("own", Secret(useAs, "token=secret"), Url, pushes: true);

        Assert.Equal(allowed, check.Git is not null);
        Assert.Equal(allowed ? null : RunReason.SecretNotAllowed, check.Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("env,prompt")]
    [InlineData("model")]
    [InlineData("git,model")]
    public void Check_NotAllowed_WaitsNamingTheAnnotation(string? useAs)
    {
        var check = GitSecretRules.Check("own", Secret(useAs, "token=secret"), Url);

        Assert.Equal(RunReason.SecretNotAllowed, check.Reason);
        Assert.Contains("stromboli.dev/use-as", check.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://git.example.com", true)]
    [InlineData("https://other.example.com, https://GIT.example.com:443/", true)]
    [InlineData("https://git.example.com.evil.example", false)]
    [InlineData("https://git.example.com:8443", false)]
    [InlineData("http://git.example.com", false)]
    [InlineData("git.example.com", false)]
    [InlineData("https://git.example.com/team", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Check_Origins_AllowOnlyThoseListed(string? origins, bool allowed)
    {
        var secret = Secret("git", "token=secret").Secret!;
        secret.Metadata.Annotations!.Remove("stromboli.dev/git-origins");
        if (origins is not null)
        {
            secret.Metadata.Annotations["stromboli.dev/git-origins"] = origins;
        }

        var check = GitSecretRules.Check("own", new InputObject(secret, null), Url);

        Assert.Equal(allowed ? null : RunReason.SecretNotAllowed, check.Reason);
        Assert.Equal(allowed, check.Git is not null);
        Assert.Equal(
            !allowed,
            check.Message.Contains("stromboli.dev/git-origins", StringComparison.Ordinal)
                && check.Message.Contains("https://git.example.com", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Check_MissingOrUnreadable_Waits()
    {
        Assert.Equal(RunReason.SecretNotFound, GitSecretRules.Check("own", new InputObject(null, null), Url).Reason);
        Assert.Equal(RunReason.SecretNotAllowed, GitSecretRules.Check("own", new InputObject(null, null, IsForbidden: true), Url).Reason);
    }

    private static InputObject Secret(string? useAs, string data) =>
        new(
            new Secret
            {
                Metadata = new ObjectMeta { Name = "own", Annotations = Annotations(useAs) },
                Data = data.Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(pair => pair.Split('=', 2))
                    .ToDictionary(pair => pair[0], pair => Encoding.UTF8.GetBytes(pair[1])),
            },
            null
        );

    private static Dictionary<string, string> Annotations(string? useAs)
    {
        Dictionary<string, string> annotations = new() { ["stromboli.dev/git-origins"] = "https://git.example.com" };
        if (useAs is not null)
        {
            annotations["stromboli.dev/use-as"] = useAs;
        }

        return annotations;
    }
}
