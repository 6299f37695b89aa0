using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>Receives what nodes report.</summary>
internal interface IObservationSink
{
    /// <summary>Takes a report of an attempt.</summary>
    /// <returns>False if the attempt is not on record for the node. The hub then drops and counts the report.</returns>
    bool Observe(string node, AttemptObservation observation);
}
