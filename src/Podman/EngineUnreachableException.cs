namespace Stromboli.Podman;

/// <summary>No connection to the engine could be made: nothing was asked of it.</summary>
internal sealed class EngineUnreachableException(string message, Exception cause) : IOException(message, cause);
