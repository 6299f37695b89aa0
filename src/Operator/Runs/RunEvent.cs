namespace Stromboli.Operator.Runs;

/// <summary>An event of a run, recorded once the status that it tells of is stored.</summary>
/// <param name="Reason">One of the reasons of the API: <c>Scheduled</c>, <c>Started</c>, …</param>
/// <param name="Note">One sentence.</param>
/// <param name="Warning">Whether its type is <c>Warning</c>.</param>
internal sealed record RunEvent(string Reason, string Note, bool Warning = false);
