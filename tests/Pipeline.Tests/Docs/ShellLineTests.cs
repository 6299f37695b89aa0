namespace Stromboli.Pipeline.Tests.Docs;

/// <summary>Finds what a reader of a document types, and nothing else.</summary>
public sealed class ShellLineTests
{
    private const string Page = """
        Run `kubectl get agentruns`; `kubectl wait` and `status.phase` are only named.

        ```sh
        # a comment
        make demo   # and why
        dotnet one.dll --first \
            --second
        ```

        ```console
        $ kubectl get nodes
        NAME   STATUS
        ```

        ```yaml
        apiVersion: stromboli.dev/v1alpha1
        ```

        ```
          kubectl apply, Flux
        podman run hello
        ```

        Set it: `kubectl patch agentnode my-node
          -p '{}'`, or with `MODEL=anthropic make up`.
        """;

    [Fact]
    public void Of_Page_HasWhatAReaderTypesInItsOrder() =>
        Assert.Equal(
            [
                (1, 0, "kubectl get agentruns"),
                (5, 1, "make demo   # and why"),
                (6, 1, "dotnet one.dll --first      --second"),
                (11, 2, "kubectl get nodes"),
                (21, 4, "podman run hello"),
                (24, 0, "kubectl patch agentnode my-node -p '{}'"),
                (25, 0, "MODEL=anthropic make up"),
            ],
            ShellLine.Of("page.md", Page).Select(line => (line.Number, line.Block, line.Text))
        );

    [Fact]
    public void Manifests_Page_AreItsYamlOfTheApi() => Assert.Equal(["apiVersion: stromboli.dev/v1alpha1\n"], ShellLine.Manifests(Page));
}
