namespace Stromboli.Testbed.Kube;

/// <summary>Writes kubeconfig files.</summary>
internal static class Kubeconfig
{
    /// <summary>Writes a kubeconfig with a token, readable only by its owner.</summary>
    public static void Write(string path, Uri server, string authorityFile, string token)
    {
        var authority = Convert.ToBase64String(File.ReadAllBytes(authorityFile));
        var text = $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: testbed
              cluster:
                server: {{server.GetLeftPart(UriPartial.Authority)}}
                certificate-authority-data: {{authority}}
            users:
            - name: testbed
              user:
                token: {{token}}
            contexts:
            - name: testbed
              context:
                cluster: testbed
                user: testbed
                namespace: default
            current-context: testbed

            """;
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        using var writer = new StreamWriter(file);
        writer.Write(text);
    }
}
