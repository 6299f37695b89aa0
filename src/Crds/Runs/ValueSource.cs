using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>A value out of a Secret or a ConfigMap of the run's namespace, one of the two.</summary>
[CelRule("has(self.secretKeyRef) != has(self.configMapKeyRef)", "{path} " + Sentences.OneSource)]
public sealed record ValueSource
{
    /// <summary>Key of a Secret. Its annotation stromboli.dev/use-as must list what it is used as: env or prompt.</summary>
    public KeyReference? SecretKeyRef { get; init; }

    /// <summary>Key of a ConfigMap.</summary>
    public KeyReference? ConfigMapKeyRef { get; init; }
}
