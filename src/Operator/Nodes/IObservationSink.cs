using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>Where the hub puts what nodes see.</summary>
internal interface IObservationSink
{
    /// <summary>Takes what a node sees of an attempt.</summary>
    /// <returns>False if that attempt is not on record for that node: the report is dropped, and the hub counts it.</returns>
    bool Observe(string node, AttemptObservation observation);
}
