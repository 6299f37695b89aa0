using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>What is wanted of one attempt on one node; specification and secrets are added when it is sent.</summary>
internal sealed record WantedAttempt(string Node, int Attempt, DesiredState State, StopCause? Cause = null);
