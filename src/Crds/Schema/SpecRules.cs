namespace Stromboli.Crds.Schema;

/// <summary>CEL that stands on more than one kind.</summary>
internal static class SpecRules
{
    /// <summary>On a spec: no variable is in both lists.</summary>
    internal const string VariablesDiffer =
        "!has(self.env) || !has(self.secretsEnv) || !self.secretsEnv.exists(secret, self.env.exists(variable, variable.name == secret.name))";

    /// <summary>On a spec: no volume is within the workspace or around it.</summary>
    internal const string VolumesApart =
        "!has(self.volumes) || [has(self.workspace) && has(self.workspace.mountPath) ? self.workspace.mountPath : '/workspace'].all(path, "
        + "!self.volumes.exists(volume, path == volume.mountPath || path.startsWith(volume.mountPath + '/') || volume.mountPath.startsWith(path + '/')))";

    /// <summary>On a spec whose agent.claude is there: it says which conversation the CLI has.</summary>
    internal const string NamesConversation =
        "has(self.agent.claude.sessionID) || has(self.agent.claude.resume) || has(self.agent.claude.continue) || has(self.agent.claude.forkSession)";

    /// <summary>On a run's spec: it says itself what comes from its session.</summary>
    internal const string FieldsOfSession =
        "has(self.image) || has(self.imagePullPolicy) || has(self.imagePullSecrets) || has(self.workspace) || has(self.workdir) || has(self.env) || has(self.secretsEnv) "
        + "|| has(self.volumes) || has(self.resources) || has(self.lifecycle) || has(self.nodeSelector) || has(self.nodeName)";
}
