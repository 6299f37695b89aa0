namespace Stromboli.Crds.Schema;

/// <summary>CEL expressions that more than one kind uses.</summary>
internal static class SpecRules
{
    /// <summary>For a spec: no variable is in both lists.</summary>
    internal const string VariablesDiffer =
        "!has(self.env) || !has(self.secretsEnv) || !self.secretsEnv.exists(secret, self.env.exists(variable, "
        + "variable.name == secret.name))";

    /// <summary>For a spec: no volume overlaps the workspace.</summary>
    internal const string VolumesApart =
        "!has(self.volumes) || [has(self.workspace) && has(self.workspace.mountPath) ? self.workspace.mountPath : '/workspace'].all(path, "
        + "!self.volumes.exists(volume, path == volume.mountPath || path.startsWith(volume.mountPath + '/') || "
        + "volume.mountPath.startsWith(path + '/')))";

    /// <summary>For a spec with agent.claude: the options select a conversation.</summary>
    internal const string NamesConversation =
        "has(self.agent.claude.sessionID) || has(self.agent.claude.resume) || has(self.agent.claude.continue) || "
        + "has(self.agent.claude.forkSession)";

    /// <summary>For the spec of a run: it sets a field that only its session may set.</summary>
    internal const string FieldsOfSession =
        "has(self.image) || has(self.imagePullPolicy) || has(self.imagePullSecrets) || has(self.workspace) || "
        + "has(self.workdir) || has(self.env) || has(self.secretsEnv) "
        + "|| has(self.volumes) || has(self.resources) || has(self.lifecycle) || has(self.nodeSelector) || has(self.nodeName)";
}
